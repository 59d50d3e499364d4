import gzip

import pytest

from web.statics import load_statics


def test_the_release_changes_with_any_content(tmp_path):
    (tmp_path / "a.js").write_text("export const a = 1;")
    before = load_statics(tmp_path)
    again = load_statics(tmp_path)
    (tmp_path / "b.css").write_text("b {}")
    after = load_statics(tmp_path)

    assert before.release == again.release
    assert before.release != after.release
    assert before.url("a.js") == f"/static/{before.release}/a.js"
    with pytest.raises(KeyError):
        before.url("b.css")


async def test_a_file_of_this_release_may_be_kept_for_ever(client_for, app):
    stranger = await client_for(None)
    release = load_statics().release

    new = await stranger.get(f"/static/{release}/diemcau.css")
    plain = await stranger.get("/static/diemcau.css")
    old = await stranger.get("/static/000000000000/diemcau.css")

    assert new.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.headers["Cache-Control"] == "no-cache"
    assert old.status == 404
    assert new.headers["Content-Type"] == "text/css; charset=utf-8"


async def test_text_is_packed_for_those_who_read_that(client_for):
    stranger = await client_for(None)
    stranger.session._auto_decompress = False

    packed = await stranger.get("/static/diemcau.css", headers={"Accept-Encoding": "gzip"})
    plain = await stranger.get("/static/diemcau.css", headers={"Accept-Encoding": "identity"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(await packed.read()) == await plain.read()


@pytest.mark.parametrize(
    "path",
    [
        "/static/../keys.py",
        "/static/%2e%2e/keys.py",
        "/static/..%2fkeys.py",
        "/static/",
        "/static//",
    ],
)
async def test_nothing_outside_the_folder_is_served(client_for, path):
    stranger = await client_for(None)

    assert (await stranger.get(path)).status == 404


async def test_modules_have_a_type_that_browsers_run(client_for):
    stranger = await client_for(None)

    answer = await stranger.get("/static/live.js")

    assert answer.content_type == "text/javascript"
