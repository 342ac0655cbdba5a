#!/bin/sh
# ci_files.sh SOURCE_DIR BUILD_DIR: action.yml, the jobs that docs/ci.md shows, and the two jobs for
# GitLab that `check --write-ci` prints are as the schemas of GitHub and GitLab want them. The
# validators bring these schemas with them.
set -eu
source=$1 pidfall=$2/bin/pidfall server=$2/bin/pattern-c validators=$2/ci-files/node_modules/.bin
for validator in action-validator gitlab-ci-local; do
  [ -x "$validators/$validator" ] && continue
  echo "skipped: no $validator (./pidfall test --with-browser installs it)"
  exit 77
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

shown() { # HEADING: the first YAML below it
  awk -v heading="## $1" '
    /^## / { below = $0 == heading } /^```/ { inside = 0 } inside { print }
    /^```yaml$/ && below && !seen++ { inside = 1 }' "$source/docs/ci.md"
}

check_gitlab() { # < the file
  cat >.gitlab-ci.yml
  "$validators/gitlab-ci-local" --list
}

mkdir -p "$folder/github/.github/workflows" "$folder/gitlab"
cd "$folder/github"
cp "$source/action.yml" .
shown GitHub >.github/workflows/pidfall.yml
"$validators/action-validator" .github/workflows/pidfall.yml
"$validators/action-validator" action.yml

cd "$folder/gitlab"
shown GitLab | check_gitlab
"$pidfall" check --scenario stale/dead-pid --write-ci gitlab -- \
  "$server" --port '{port}' --pid-file '{pid_file}' | check_gitlab
