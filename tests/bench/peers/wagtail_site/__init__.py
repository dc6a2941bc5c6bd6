"""The partners as pages of Wagtail, as one writes it first."""
