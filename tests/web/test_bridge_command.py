"""`diemcau bridge check`: what a technician reads at night, in either language."""

from bridges.jitsi.replies import bad, by_trouble, well
from web.commands.bridge import lines, tell
from web.i18n import FOLDER, load_catalogue

VI, EN = (load_catalogue(FOLDER, name) for name in ("vi", "en"))
URL = "http://10.1.0.4:5280/room-census"


def test_a_finding_says_where_and_how_to_mend_it():
    silent = bad("room-census", "no-connection", where=URL)

    told, mend = lines(silent, EN)
    assert told == f"To mend · Census: nobody answers there ({URL})"
    assert mend.startswith("Is the service running, the address right, the firewall open for us?")
    assert mend.endswith("Jitsi's parts listen to their own machine alone; see deploy/jitsi.")
    assert lines(silent, VI)[0] == f"Cần sửa · Đếm phòng họp: không có ai trả lời ở đó ({URL})"
    assert lines(well("room-census", "rooms", count=1), EN) == [
        "In order · Census: rooms in use: 1"
    ]


def test_what_a_bridge_says_of_itself_commands_no_terminal():
    said = bad("jicofo", "unhealthy", where="http://10.1.0.5:8888", status="\x1b[2Jđ\nIn order")

    assert lines(said, EN)[0].endswith(
        "http://10.1.0.5:8888 says that it is not well (?[2Jđ?In order)"
    )


def test_the_sums_come_first_and_the_code_tells_whether_anything_is_to_be_mended(capsys):
    answers = [well("web", "port-shut", where=URL), bad("https", "no-https")]

    codes = tell(by_trouble(answers), EN), tell(answers[:1], VI)

    assert codes == (1, 0)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "To mend: 1 · In order: 1"
    assert printed[1].startswith("To mend · Secure address: ")
    assert printed[2].startswith("        → Give the bridge a certificate")
    assert printed[-2] == "Ổn: 1"
