# Each target is one command that you could type by hand. The scripts in tools/ do the work and
# explain it.
.PHONY: help tools dev test recipe vectors drills build machine image bench growth pgo profile soak \
  screenshots lighthouse rename bare upgrade doctor test-template

help:            ## list the targets
	@sed -nE 's/^([a-z-]+):[a-z -]*## /\1\t/p' $(MAKEFILE_LIST)
tools:           ## install the missing pinned tools into a cache folder
	@tools/install.sh
dev:             ## serve the application at http://localhost:3000, rebuilding on every change
	@tools/dev.sh
doctor:          ## say what this machine lacks for `make dev` and `make test`, and how to get it
	@tools/doctor.sh
test:            ## run all tests, ending with a line of totals
	@tools/test.sh
recipe:          ## apply docs/adding-a-feature.md to a copy, and test it with and without each step
	@tools/recipe.sh
vectors:         ## run only the vector tests; GATEHOUSE_VECTORS names another folder
	@tools/vectors.sh
drills:          ## run faults under load and print what was sent, kept, refused and lost
	@tools/drills.sh
build: tools     ## make the release build for production
	@tools/build.sh
machine:         ## follow docs/operations.md on an empty Debian with systemd; needs root and `make build`
	@tools/machine.sh
image:           ## build deploy/Dockerfile with Debian's buildah and try it; needs root
	@tools/image.sh
bench:           ## measure the release build: requests per second, latency, processor time, memory
	@tools/bench.sh run
growth:          ## measure pages with 30 rows, and with 100,000 members and 1,000,000 audit rows
	@tools/bench.sh growth
pgo:             ## build the release server once more, optimized for the work that `make bench` measures
	@tools/pgo.sh
profile:         ## say where the release server spends its time in cases of `make bench`; needs perf
	@tools/profile.sh
soak:            ## serve a mixed load for 10 minutes and check that the memory does not grow
	@tools/soak.sh
screenshots:     ## take a picture of each page and state, light and dark, into docs/screens
	@tools/screenshots.sh
lighthouse:      ## measure every page with Lighthouse, as a phone and as a desktop
	@tools/lighthouse.sh
rename: export NEW_NAME := $(value NAME)
rename: export NEW_SLUG := $(value SLUG)
rename: export NEW_TAGLINE := $(value TAGLINE)
rename: export NEW_CRATES := $(value CRATES)
rename:          ## give the product another name: make rename NAME="Harbor"
	@node tools/rename.mjs
bare: export CUT := $(value CUT)
bare:            ## take the examples out, or some groups: make bare CUT="home webhooks"
	@node tools/bare.mjs
upgrade: export UPGRADE_TO := $(value TO)
upgrade: export UPGRADE_FROM := $(value FROM)
upgrade: export UPGRADE_REPO := $(value FROM_REPO)
upgrade:         ## merge a later version of the template onto a branch: make upgrade TO=v1.3.0
	@node tools/upgrade.mjs
test-template:   ## rename, strip and upgrade copies of the tree, apply the recipe to one, build and test them
	@tools/test-template.sh && tools/test-upgrade.sh && tools/recipe.sh
