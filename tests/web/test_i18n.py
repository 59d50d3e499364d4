import pytest

from web.i18n import LOCALES, load_catalogues, preferred
from web.render import make_environments
from web.statics import load_statics


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("", ""),
        ("vi", "vi"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en-US,en;q=0.9,vi;q=0.8", "en"),
        ("fr,en;q=0.1", "en"),
        ("en;q=0.1,vi;q=0.2", "vi"),
        ("fr", ""),
        ("en;q=x", ""),
        ("vi;q=0", ""),
        (",;q=,;;,", ""),
        ("en" * 10_000, ""),
    ],
)
def test_the_browser_says_which_language_it_likes_best(header, locale):
    assert preferred(header) == locale


def test_both_languages_have_a_catalogue():
    catalogues = load_catalogues()

    assert tuple(catalogues) == LOCALES
    assert catalogues["en"].gettext("Please sign in first.") == "Please sign in first."
    assert catalogues["vi"].gettext("Please sign in first.") != "Please sign in first."


@pytest.mark.parametrize(("locale", "words"), [("en", "Sign in"), ("vi", "Đăng nhập")])
def test_a_sentence_of_a_template_is_said_with_its_values_or_without(locale, words):
    environment = make_environments(load_catalogues(), load_statics())[locale]
    template = environment.from_string(
        "{% trans %}Sign in{% endtrans %}, {% trans %}5%{% endtrans %}, "
        "{% trans name=name %}{{ name }} 5%{% endtrans %}"
    )

    assert template.render(name="<b>") == f"{words}, 5%, &lt;b&gt; 5%"


@pytest.mark.parametrize(
    ("path", "cookies", "header", "locale"),
    [
        ("/sign-in", {}, "", "vi"),
        ("/sign-in", {}, "en", "en"),
        ("/sign-in", {"lang": "vi"}, "en", "vi"),
        ("/sign-in?lang=en", {"lang": "vi"}, "vi", "en"),
        ("/sign-in?lang=xx", {"lang": "yy"}, "zz", "vi"),
    ],
)
async def test_a_page_speaks_the_language_that_was_asked_for(
    client_for, path, cookies, header, locale
):
    client = await client_for(None)

    answer = await client.get(path, cookies=cookies, headers={"Accept-Language": header})

    assert answer.headers["Content-Language"] == locale
    assert f'<html lang="{locale}">' in await answer.text()


async def test_the_choice_of_a_language_stays(client_for):
    client = await client_for(None)

    await client.get("/sign-in?lang=en")

    assert (await client.get("/sign-in")).headers["Content-Language"] == "en"


async def test_a_person_is_spoken_to_in_their_own_language(client_for, conn):
    client = await client_for("leader")

    answer = await client.get("/nowhere", headers={"Accept-Language": "en"})

    assert answer.status == 404
