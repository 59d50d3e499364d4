#!/bin/sh
# Tell diemcau of a finished recording.  Jibri runs it with the folder of the session:
#     jibri.recording.finalize-script, or with docker JIBRI_FINALIZE_RECORDING_SCRIPT_PATH
# and cron runs it now and then over all folders, for those whose telling did not get through:
#     */15 * * * *  /config/finalize.sh --again /config/recordings
#
# Change these three, or set them in the environment.  The secret is the one of reservation calls.
: "${DIEMCAU_BRIDGE:=https://hop.example.gov.vn/bridges/tinh}"
: "${DIEMCAU_SECRET:=RESERVATION_SECRET}"
# Where the files can be fetched, as ADDRESS/FOLDER/NAME; empty where they have no address.
: "${DIEMCAU_FILES:=}"
: "${DIEMCAU_TRIES:=5}"
: "${DIEMCAU_WAIT:=6}"
#
# Needs curl, sha256sum, stat; with ffprobe the length is told too.  The file is neither moved nor
# changed; a file named told.diemcau beside it says that it was told.

set -u
MARK=told.diemcau

# The room is the last part of the meeting's address in Jibri's metadata.json.
room_of() {
    sed -n 's/.*"meeting_url"[[:space:]]*:[[:space:]]*"\([^"?#]*\).*/\1/p' "$1/metadata.json" \
        | head -n 1 | sed 's|/*$||; s|.*/||'
}

seconds_of() {
    command -v ffprobe >/dev/null || return 0
    ffprobe -v error -show_entries format=duration -of csv=p=0 "$1" </dev/null 2>/dev/null \
        | sed -n 's/^\([0-9][0-9]*\).*/\1/p'
}

# The secret goes to curl by its standard input, so that no list of processes shows it.
post() {
    printf 'header = "Authorization: Bearer %s"\n' "$DIEMCAU_SECRET" \
        | curl --config - --silent --max-time 20 --output /dev/null --write-out '%{http_code}' \
            --data-urlencode "room=$1" --data-urlencode "folder=$2" --data-urlencode "name=$3" \
            --data-urlencode "bytes=$4" --data-urlencode "sha256=$5" \
            --data-urlencode "seconds=$6" --data-urlencode "recorded_at=$7" \
            --data-urlencode "url=$8" "$DIEMCAU_BRIDGE/recordings"
}

# Letters that an address does not take as they are; the names of Jibri have none.
escaped() {
    printf '%s' "$1" | sed 's/%/%25/g; s/ /%20/g; s/#/%23/g; s/?/%3F/g; s/"/%22/g; s/</%3C/g; s/>/%3E/g; s/\\/%5C/g'
}

tell_file() {
    file=$1 room=$2 folder=$3
    name=$(basename "$file") url=
    [ -z "$DIEMCAU_FILES" ] || url="$DIEMCAU_FILES/$(escaped "$folder")/$(escaped "$name")"
    bytes=$(stat -c %s "$file") ended=$(stat -c %Y "$file")
    sum=$(sha256sum <"$file" | cut -d ' ' -f 1) seconds=$(seconds_of "$file")
    try=1
    while :; do
        status=$(post "$room" "$folder" "$name" "$bytes" "$sum" "$seconds" "$ended" "$url")
        case $status in
            200 | 201) echo "diemcau: told of $folder/$name"; return 0 ;;
            409) echo "diemcau: $room is no conference of this bridge, $folder/$name stays untold"; return 0 ;;
            000 | 429 | 5??) ;;
            *) echo "diemcau: $folder/$name was refused with $status" >&2; return 1 ;;
        esac
        [ "$try" -lt "$DIEMCAU_TRIES" ] || break
        try=$((try + 1))
        sleep "$DIEMCAU_WAIT"
    done
    echo "diemcau: no answer ($status) about $folder/$name; --again tells of it later" >&2
    return 1
}

tell_folder() {
    session=${1%/} failed=0 found=0
    if [ ! -f "$session/metadata.json" ]; then
        echo "diemcau: $session has no metadata.json" >&2
        return 1
    fi
    room=$(room_of "$session")
    for one in "$session"/*.mp4 "$session"/*.mkv "$session"/*.webm; do
        [ -s "$one" ] || continue
        found=1
        tell_file "$one" "$room" "$(basename "$session")" || failed=1
    done
    [ "$found" = 0 ] || [ "$failed" = 1 ] || : >"$session/$MARK"
    return "$failed"
}

if [ "${1:-}" = --again ]; then
    worst=0
    for each in "${2:?the folder of all recordings}"/*/; do
        [ -f "$each/metadata.json" ] && [ ! -e "$each/$MARK" ] || continue
        tell_folder "$each" || worst=1
    done
    exit "$worst"
fi
tell_folder "${1:?the folder of the recording}"
