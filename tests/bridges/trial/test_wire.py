import random
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from bridges.trial.wire import encode_cjson, encode_form, encode_json, start_time, whole_seconds


def test_form_is_encoded_as_prosody_does():
    body = encode_form({"name": "hop+cong&bang=1 họp", "at": "19:38:02.000Z"}, random.Random(1))

    assert sorted(body.decode().split("&")) == [
        "at=19%3a38%3a02.000Z",
        "name=hop%2bcong%26bang%3d1+h%e1%bb%8dp",
    ]


@given(st.dictionaries(st.text(min_size=1, alphabet="abc_"), st.text()), st.integers())
def test_form_reads_back_whatever_the_order(fields, seed):
    body = encode_form(fields, random.Random(seed)).decode()

    assert dict(parse_qsl(body, keep_blank_values=True)) == fields


def test_form_order_varies():
    fields = {"name": "a", "start_time": "b", "mail_owner": "c"}

    assert len({encode_form(fields, random.Random(seed)) for seed in range(50)}) == 6


def test_json_writes_an_empty_list_as_an_object_and_letters_as_they_are():
    rng = random.Random(1)

    assert encode_json({"all_occupants": []}, rng) == b'{"all_occupants":{}}'
    assert encode_json({"name": "Sín Thầu"}, rng) == '{"name":"Sín Thầu"}'.encode()


def test_cjson_escapes_slashes():
    assert encode_cjson([{"jid": "a@b/c"}]) == b'[{"jid":"a@b\\/c"}]'
    assert encode_cjson({"room_census": []}) == b'{"room_census":{}}'


def test_times_are_cut_to_whole_seconds():
    moment = datetime(2026, 11, 23, 19, 38, 2, 999_999, tzinfo=UTC)

    assert start_time(moment) == "2026-11-23T19:38:02.000Z"
    assert whole_seconds(moment) == 1795462682
