# SPDX-License-Identifier: GPL-2.0-only
# Sourced by the scripts of .setup and tests/vm: how they speak, and where the cache is.
# shellcheck shell=bash

say() {
	printf '%s\n' "$*" >&2
}

die() {
	say "${0##*/}: $*"
	exit 1
}

# This machine cannot do it, and that is nobody's mistake.
cannot() {
	say "${0##*/}: $*"
	exit 77
}

# What is fetched once and kept: kernels, vmlinux.h and apt's lists of other suites.
cache_dir() {
	if [ -n "${SCX_TOPO_CACHE:-}" ]; then
		printf '%s\n' "$SCX_TOPO_CACHE"
	elif [ "$(id -u)" = 0 ]; then
		printf '%s\n' /var/cache/scx_topo
	else
		printf '%s\n' "${XDG_CACHE_HOME:-$HOME/.cache}/scx_topo"
	fi
}

# The machine's own Debian mirror, from apt's set-up; empty where there is none. Needs lists.
debian_mirror() {
	# shellcheck disable=SC2016 # the words in dollars are for apt
	apt-get indextargets --format '$(REPO_URI) $(LABEL) $(SUITE)' 'Created-By: Packages' |
		awk '$2 == "Debian" && $3 !~ /security/ && !mirror { mirror = $1 } END { print mirror }'
}

# shellcheck disable=SC2034 # used by those who source this
debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
