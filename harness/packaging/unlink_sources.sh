#!/bin/sh
# unlink_sources.sh FOLDER: the pages in the folder also link to files that only the sources have. There the words of
# the link stay.
set -eu
cd "$1"
find . -name '*.md' | while read -r page; do
  grep -oE '\]\([^)#: ]+[)#]' "$page" | tr -d '](#)' | sort -u | while read -r link; do
    [ -e "$(dirname "$page")/$link" ] || sed -i "s|\[\([^]]*\)\](${link}[^)]*)|\1|g" "$page"
  done
done
