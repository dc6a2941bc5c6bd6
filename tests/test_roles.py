"""Four roles, each with just the permissions it needs, kept in step with the table in the code."""

from itertools import pairwise

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.utils.translation import override

from partners.models import Agreement
from partners.roles import ROLES, Role

from .factories import make_agreement, make_city, make_field

pytestmark = pytest.mark.django_db


def held(group):
    return {
        f"{app}.{codename}"
        for app, codename in group.permissions.values_list("content_type__app_label", "codename")
    }


def existing():
    return {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.all()}


def test_each_role_is_a_group_with_the_permissions_of_the_table():
    assert {name: held(Group.objects.get(name=name)) for name in ROLES} == ROLES
    assert Group.objects.count() == 4


def test_each_role_may_do_all_that_the_one_before_may():
    table = [ROLES[role] for role in Role]
    assert all(less < more for less, more in pairwise(table))


def test_roles_are_called_in_the_language_of_the_reader():
    with override("lv"):
        assert [role.label for role in Role] == Role.values
    with override("en"):
        assert [role.label for role in Role] == ["Viewer", "Editor", "Publisher", "Administrator"]


def test_every_permission_of_the_register_is_some_role_s():
    models = [model for model in apps.get_app_config("partners").get_models() if not is_history(model)]
    of_register = {
        f"partners.{verb}_{model._meta.model_name}"
        for model in models
        for verb in model._meta.default_permissions
    }
    assert of_register - ROLES[Role.ADMINISTRATOR] == set()
    assert ROLES[Role.ADMINISTRATOR] - existing() == set()


def is_history(model):
    return model._meta.model_name.startswith("historical")


def test_migrating_gives_roles_what_they_lack_takes_what_they_should_not_have_and_leaves_other_groups_alone():
    editor, own = Group.objects.get(name=Role.EDITOR), Group.objects.create(name="Tulkotāji")
    publish = Permission.objects.get(codename="publish_city")
    editor.permissions.set([publish])
    own.permissions.set([publish])
    Group.objects.get(name=Role.VIEWER).delete()
    call_command("migrate", verbosity=0)
    assert held(editor) == ROLES[Role.EDITOR]
    assert held(Group.objects.get(name=Role.VIEWER)) == ROLES[Role.VIEWER]
    assert held(own) == {"partners.publish_city"}


@pytest.mark.django_db(transaction=True)
def test_upgrade_withdraws_by_name_what_is_published_in_english_only_and_makes_way_for_the_roles(capsys):
    call_command("migrate", "partners", "0006", verbosity=0)
    assert Group.objects.count() == 0
    Group.objects.create(name="Redaktors").permissions.add(Permission.objects.get(codename="change_city"))
    culture, city = make_field("culture"), make_city("tukums")
    make_agreement(city, slug="in-latvian", scope_lv="Kultūra", scope_en="Culture")
    make_agreement(city, slug="scope", fields=[culture], scope_en="Culture", scope_lv=" ")
    make_agreement(city, slug="reason", status="ended", status_reason_en="By consent")
    make_agreement(city, slug="draft", scope_en="Culture", is_published=False)
    Agreement.history.all().delete()

    call_command("migrate", verbosity=0)

    printed = [line.strip() for line in capsys.readouterr().out.strip().split("\n")]
    assert printed == [
        f"No longer published, for want of a Latvian text: agreement {slug}" for slug in ("reason", "scope")
    ]
    assert set(Agreement.objects.filter(is_published=True)) == {Agreement.objects.get(slug="in-latvian")}
    newest, before = Agreement.history.filter(slug="scope")
    assert (newest.is_published, before.is_published) == (False, True)
    assert newest.history_change_reason == "Publicēšana atsaukta: trūkst teksta latviešu valodā"
    assert [chosen.cooperationfield for chosen in newest.fields.all()] == [culture]
    assert held(Group.objects.get(name="Redaktors (pirms lomām)")) == {"partners.change_city"}
    assert held(Group.objects.get(name="Redaktors")) == ROLES[Role.EDITOR]
