# SPDX-License-Identifier: GPL-2.0-only
#
# Builds scx_topo. `make help` lists the targets. Sources are found by folder, so a new file needs
# no line here.

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules --no-builtin-variables
ifeq ($(filter -j%,$(MAKEFLAGS))$(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

# --- What may be set on the command line ---------------------------------------------------------

SANITIZE ?= 0
O ?= $(if $(filter 1,$(SANITIZE)),build-asan,build)
PREFIX ?= /usr/local
DESTDIR ?=
VERSION ?= $(or $(shell git describe --tags --always --dirty 2>/dev/null),unknown)
V ?= 0
DEPS ?= yes
CC ?= gcc
AR ?= ar
LD := ld
OBJCOPY ?= objcopy
# What runs for a moment only is compiled in half the time: most of what check-quick takes.
CFLAGS ?= $(if $(filter 1,$(SANITIZE)),-O1,-O2) -g
LDFLAGS ?=
export DEPS V

ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin AR),default)
AR := ar
endif

# --- Quiet unless V=1 -----------------------------------------------------------------------------

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = $(if $(findstring s,$(filter-out --%,$(firstword -$(MAKEFLAGS)))),@:,@printf '  %-8s %s\n')
MAKEFLAGS += --no-print-directory
endif

# --- Sources --------------------------------------------------------------------------------------

bpf-sources := $(wildcard bpf/*.bpf.c)
topo-sources := $(wildcard topo/*.c)
user-sources := $(wildcard src/user/*.c)
program-sources := $(topo-sources) $(wildcard energy/*.c src/*.c src/sim/*.c)
unit-sources := $(wildcard tests/unit/test_*.c)
property-sources := $(wildcard tests/property/*.c)
guest-sources := $(wildcard tests/vm/*.c)
guest-library-sources := $(wildcard tests/vm/lib/*.c)
bench-sources := $(wildcard tests/bench/*.c)
bench-library-sources := $(guest-library-sources) $(wildcard tests/bench/lib/*.c)
claims := $(wildcard tests/claims/test_*.sh)
quick-scripts := $(filter-out tests/vm/% $(claims),$(wildcard tests/*/test_*.sh))

# The BPF program is the same whatever the sanitizer.
bpf-O := $(patsubst %-asan,%,$(O))/bpf
skeletons := $(bpf-sources:bpf/%.bpf.c=$(bpf-O)/%.skel.h)
object = $(patsubst %.c,$(O)/%.o,$(1))
objects := $(call object,$(program-sources))
library-objects := $(filter-out $(O)/src/main.o,$(objects))
unit-tests := $(unit-sources:%.c=$(O)/%)
guest-programs := $(guest-sources:%.c=$(O)/%)
bench-programs := $(bench-sources:%.c=$(O)/%)
scaling := $(O)/tests/bench/scaling/scaling
profiler := $(O)/tests/bench/profile/plugin.so
all-objects := $(objects) $(call object,$(user-sources) $(example-sources) $(user-test-sources)) \
	$(call object,$(unit-sources) $(guest-sources) $(guest-library-sources)) \
	$(call object,$(property-sources) $(bench-sources) $(bench-library-sources)) $(scaling).o

programs := $(if $(wildcard src/main.c),$(O)/scx_topo)
libraries := $(if $(user-sources),$(O)/libscxu.a $(O)/libscxu.so $(O)/scxu.pc)
# What the library takes from elsewhere.
library-sources := $(user-sources) $(topo-sources) src/kernel_check.c
example-sources := $(wildcard src/user/examples/*.c)
examples := $(example-sources:src/user/examples/%.c=$(O)/examples/%)
# Schedulers for tests of the library, run in a virtual machine.
user-test-sources := $(wildcard tests/user/*.c)

# --- Tools, flags and libraries of this machine; see .setup/configure -----------------------------

needs-nothing := help clean deps format check-format
ifneq ($(filter-out $(needs-nothing),$(or $(MAKECMDGOALS),all)),)
include $(O)/config.mk
endif

# The tests install what is missing first, a plain build only says what is.
installing := $(filter run run-% check check-user check-bench bench bench-user demo,\
	$(MAKECMDGOALS))
$(O)/config.mk: .setup/configure .setup/packages $(wildcard /var/lib/dpkg/status)
	@mkdir -p $(@D)
	@$(if $(installing),.setup/deps all,DEPS=no .setup/deps build || \
		{ echo "make deps installs them" >&2; exit 1; })
	@.setup/configure >$@

sanitizers := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
ifeq ($(SANITIZE),1)
override CFLAGS += $(sanitizers)
override LDFLAGS += $(sanitizers)
endif

warnings := -Wall -Wextra -Werror
cflags = -std=gnu11 $(warnings) -D_GNU_SOURCE -iquote . -iquote $(bpf-O:%/bpf=%) $(pkg-cflags) \
	$(CPPFLAGS) $(CFLAGS)
compile = $(CC) $(cflags) $(extra-cflags)
bpf-arch := $(subst x86_64,x86,$(subst aarch64,arm64,$(shell uname -m)))
bpf-cflags := -g -O2 -Wall -Werror -target bpf -mcpu=v3 -D__TARGET_ARCH_$(bpf-arch) \
	-fms-extensions -Wno-microsoft-anon-tag -iquote . -iquote $(bpf-O)

# --- Programs -------------------------------------------------------------------------------------

.PHONY: all
all: $(programs) $(libraries) $(examples) $(skeletons)

$(O)/scx_topo: $(O)/src/main.o $(O)/libscx_topo.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(pkg-libs) $(json-libs) -lm

# Everything but main(), for the program and the unit tests.
$(O)/libscx_topo.a: $(library-objects) $(call object,$(user-sources))
$(O)/libscx_topo.a $(O)/libscxu.a:
	$(say) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# libscxu: of all names in it, programs see those of scxu.h only.
$(O)/libscxu.a: $(O)/libscxu.o
$(O)/libscxu.o: $(call object,$(library-sources))
	@grep -o 'scxu_[a-z_]*(' src/user/scxu.h | tr -d '(' | sort -u >$@.names
	$(Q)$(LD) -r -o $@ $^ && $(OBJCOPY) --keep-global-symbols=$@.names $@
$(O)/libscxu.so: $(O)/libscxu.o
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -shared -Wl,-soname,libscxu.so.0 -o $@ $^ \
		$(shell pkg-config --libs libbpf hwloc) -pthread
	@ln -sf libscxu.so $@.0
$(O)/scxu.pc: src/user/scxu.pc.in
	$(Q)sed 's|@PREFIX@|$(PREFIX)|; s|@LIBS@|$(pkg-libs) -pthread|' $< >$@
$(call object,$(library-sources)): override CFLAGS += -fPIC

$(O)/examples/%: $(O)/src/user/examples/%.o $(O)/libscxu.a
	$(say) LD $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(pkg-libs) -pthread -lm
$(call object,$(example-sources) $(user-test-sources)): override CFLAGS += -iquote src/user

$(O)/tests/user/%: $(O)/tests/user/%.o $(O)/libscxu.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(pkg-libs) -pthread

$(O)/%.o: %.c $(O)/flags
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(compile) -MMD -MP -c -o $@ $<

# The first compilation must find the skeletons; later ones know by their .d files who needs them.
$(filter $(O)/src/%,$(all-objects)) $(call object,$(unit-sources)): | $(skeletons)

# Objects are made again when the flags change, e.g. with another CFLAGS= for the same O=.
$(O)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(CC) $(cflags))' | cmp -s - $@ || \
		echo '$(subst ','\'',$(CC) $(cflags))' >$@

# Only the sources that show the version depend on it.
version-objects := $(call object,$(shell grep -ls SCX_TOPO_VERSION /dev/null $(wildcard src/*.c)))
$(version-objects): extra-cflags = -DSCX_TOPO_VERSION='"$(VERSION)"'
$(version-objects): $(O)/version
$(O)/version: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION)' | cmp -s - $@ || echo '$(VERSION)' >$@

.PHONY: FORCE
FORCE:

# --- The BPF program, as a header that embeds it --------------------------------------------------

$(bpf-O)/vmlinux.h: .setup/vmlinux-h
	$(say) GEN $@
	@mkdir -p $(@D)
	$(Q).setup/vmlinux-h $@

$(bpf-O)/%.bpf.o: bpf/%.bpf.c $(bpf-O)/vmlinux.h Makefile
	$(say) BPF $@
	$(Q)$(CLANG) $(bpf-cflags) -MMD -MP -c -o $@ $<

# For a test that adds up stack frames.
$(bpf-O)/%.bpf.s: bpf/%.bpf.c $(bpf-O)/%.bpf.o Makefile
	$(Q)$(CLANG) $(bpf-cflags) -S -o $@ $<

$(bpf-O)/%.linked.o: $(bpf-O)/%.bpf.o
	$(Q)$(BPFTOOL) gen object $@ $<

$(bpf-O)/%.skel.h: $(bpf-O)/%.linked.o
	$(say) SKEL $@
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf $(skeleton-filter) >$@

# --- The scenarios, as strings ---------------------------------------------------------------------

scenario-files := $(sort $(wildcard src/sim/scenarios/*.scn))
scenarios := $(bpf-O:%/bpf=%)/sim/scenarios.inc
$(scenarios): $(scenario-files) Makefile
	$(say) GEN $@
	@mkdir -p $(@D)
	$(Q)awk 'FNR == 1 { name = FILENAME; sub(".*/", "", name); sub("[.]scn$$", "", name); \
		printf "%s{ \"%s\",\n", (NR > 1 ? "},\n" : ""), name } \
		{ gsub(/[\\"]/, "\\\\&"); printf "\"%s\\n\"\n", $$0 } END { print "}," }' \
		$(scenario-files) >$@
$(O)/src/sim/library.o: | $(scenarios)

# --- The files of a new scheduler, likewise ---------------------------------------------------------

template-files := $(sort $(wildcard src/user/template/*))
templates := $(bpf-O:%/bpf=%)/user/template.inc
$(templates): $(template-files) Makefile
	$(say) GEN $@
	@mkdir -p $(@D)
	$(Q)awk 'FNR == 1 { name = FILENAME; sub(".*/", "", name); \
		printf "%s{ \"%s\",\n", (NR > 1 ? "},\n" : ""), name } \
		{ gsub(/[\\"]/, "\\\\&"); printf "\"%s\\n\"\n", $$0 } END { print "}," }' \
		$(template-files) >$@
$(O)/src/cmd_new.o: | $(templates)

# --- Tests ----------------------------------------------------------------------------------------

.PHONY: check check-vm check-user check-quick check-unit check-scripts check-claims check-format tidy \
	guest
# One after the other: what is built and run beside it takes a virtual machine's time away.
check: deps-all
	$(Q)$(MAKE) check-quick
	$(Q)$(MAKE) check-seeds SEEDS=5000
	$(Q)$(MAKE) check-claims
	$(Q)$(MAKE) check-vm

check-quick: tidy check-format $(skeletons)
	$(Q)$(MAKE) SANITIZE=1 O=$(O)-asan check-unit check-scripts check-property

# Tests run under the sanitizers: check-quick calls these with SANITIZE=1.
check-unit: $(unit-tests:%=%.passed)
	@:
check-scripts: $(quick-scripts:%=$(O)/%.passed)
	@:
# What the documentation says of the simulated policy: seconds of simulated time, without sanitizers.
check-claims: $(claims:%=$(O)/%.passed)
	@:

$(O)/tests/unit/%: $(O)/tests/unit/%.o $(O)/libscx_topo.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(pkg-libs) $(json-libs) -lm

$(unit-tests:%=%.passed): %.passed: % FORCE
	$(say) TEST $*
	$(Q)ASAN_OPTIONS=detect_leaks=1 timeout 300 $* >$*.log 2>&1 || { cat $*.log; exit 1; }

$(filter $(O)/tests/user/%,$(quick-scripts:%=$(O)/%.passed)): $(libraries)
$(filter $(O)/tests/stack/%,$(quick-scripts:%=$(O)/%.passed)): $(bpf-sources:bpf/%.c=$(bpf-O)/%.s)
$(O)/%.sh.passed: %.sh $(programs) FORCE
	$(say) TEST $*.sh
	@mkdir -p $(@D)
	$(Q)O=$(O) SCX_TOPO=$(O)/scx_topo ASAN_OPTIONS=detect_leaks=1 timeout 300 $< \
		>$(@D)/$(*F).log 2>&1 || { status=$$?; cat $(@D)/$(*F).log; [ $$status = 77 ]; }

# Only some of them: make check-vm TESTS="runner load". What only benchmarks use has to compile, too.
check-vm: all guest bench-programs $(scaling) $(profiler) $(O)/no_energy/scx_topo
	$(Q)O=$(O) tests/vm/check $(TESTS)

# What is tested of libscxu in its long form: a minute of memory pressure, half a minute of hogs.
user-tests := $(sort $(patsubst tests/vm/test_%.sh,%,$(wildcard tests/vm/test_user_*.sh)))
check-user: deps-all
	$(Q)$(MAKE) all guest
	$(Q)LONG=yes O=$(O) tests/vm/check $(user-tests)

# Random machines and load. Mutants are the policy with a mistake, made from copies of its headers;
# tests/property/property says what they are for.
FIRST ?= 1
mutants := lost_kick deadline_as_vruntime forgotten_pinned_queue affinity_ignored uncounted_sleep \
	shared_queue_starves slow_in_perf speed_of_another
mutant-O := $(bpf-O:%/bpf=%)/mutants
property := $(O)/tests/property/property

$(mutants:%=$(mutant-O)/%/bpf/made): $(mutant-O)/%/bpf/made: tests/property/mutate $(wildcard bpf/*.h)
	$(say) MUTATE $*
	$(Q)tests/property/mutate $* $(@D) && touch $@

# By what they do they have to be noticed, and without sanitizers they compile in a third of the time.
$(mutants:%=$(O)/mutants/%.o): $(O)/mutants/%.o: src/sim/policy_topo.c $(mutant-O)/%/bpf/made $(O)/flags
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) -iquote $(mutant-O)/$* $(cflags) -fno-sanitize=all -w -MMD -MP -DPOLICY_TOPO=mutant_$* -c -o $@ $<

$(property): $(call object,$(property-sources)) $(mutants:%=$(O)/mutants/%.o) $(O)/libscx_topo.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(pkg-libs) -lm

.PHONY: check-property check-seeds
check-property: $(property)
	$(say) TEST "$(property) --seeds $(or $(SEEDS),600), --mutants"
	$(Q){ $(property) --seeds $(or $(SEEDS),600) && $(property) --mutants; } >$(property).log 2>&1 || \
		{ cat $(property).log; exit 1; }

# Thousands, without sanitizers: make check-seeds SEEDS=20000
check-seeds: $(property)
	$(Q)$(property) --first $(FIRST) --seeds $(or $(SEEDS),20000)

# scx_topo with nothing in the dispatcher that saves energy, to see that perf loses nothing to that:
# what is taken out stands in tests/no_energy.
no-energy-O := $(bpf-O:%/bpf=%)/no_energy
no-energy-sources := src/loader.c src/running.c src/sim/policy_topo.c
no-energy-objects := $(no-energy-sources:%.c=$(O)/no_energy/%.o)
no-energy := $(O)/no_energy/scx_topo

$(no-energy-O)/bpf/made: tests/no_energy/make $(wildcard bpf/*.h bpf/main.bpf.c tests/no_energy/*.h)
	$(Q)$< $(@D) && touch $@
$(no-energy-O)/bpf/main.bpf.o: $(no-energy-O)/bpf/made $(bpf-O)/vmlinux.h Makefile
	$(say) BPF $@
	$(Q)$(CLANG) $(bpf-cflags) -c -o $@ $(@D)/main.bpf.c
$(no-energy-O)/bpf/main.skel.h: $(no-energy-O)/bpf/main.bpf.o
	$(Q)$(BPFTOOL) gen object $(@D)/main.linked.o $<
	$(Q)$(BPFTOOL) gen skeleton $(@D)/main.linked.o name main_bpf $(skeleton-filter) >$@

$(no-energy-objects): $(O)/no_energy/%.o: %.c $(no-energy-O)/bpf/main.skel.h $(O)/flags
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) -iquote $(no-energy-O) $(cflags) -MMD -MP -c -o $@ $<
$(no-energy): $(O)/src/main.o $(no-energy-objects) $(O)/libscx_topo.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(pkg-libs) $(json-libs) -lm
$(filter $(O)/tests/no_energy/%,$(quick-scripts:%=$(O)/%.passed)): $(no-energy)

# Mistakes in the policy, one at a time: each must make a unit test fail. make check-mutants ONLY=vtime.h
.PHONY: check-mutants
check-mutants: $(O)/libscx_topo.a
	$(Q)CC='$(CC)' CFLAGS='$(cflags)' LIBS='$(pkg-libs)' LIBRARY=$< tests/unit/mutate '$(ONLY)'

# What is learned of the kinds of core: make check-energy-seeds SEEDS="1 2 3". All 30 take two hours.
.PHONY: check-energy-seeds
check-energy-seeds: all guest
	$(Q)O=$(O) tests/vm/energy_seeds $(SEEDS)

tidy:
	$(say) TIDY .
	$(Q)tests/tidy

.PHONY: run
run: deps-all
	$(Q)$(MAKE) all guest
	$(Q)O=$(O) tests/vm/demo

# Helpers that tests run inside a virtual machine; see tests/vm/run.
guest: $(guest-programs) $(user-test-sources:%.c=$(O)/%) $(examples) \
	$(addprefix $(O)/tests/bench/,frames requests wakeups)
	@:
$(O)/tests/vm/scenario: $(call object,src/sim/scenario.c src/sim/scenario_value.c \
	src/sim/histogram.c)
$(guest-programs): $(O)/tests/vm/%: $(O)/tests/vm/%.o $(call object,$(guest-library-sources))
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -pthread -lm

# The examples of libscxu, each scheduling a virtual machine: run-fifo, run-rustland ...
.PHONY: $(examples:$(O)/examples/%=run-%)
$(examples:$(O)/examples/%=run-%): run-%: $(O)/examples/% guest deps-all
	$(Q)O=$(O) tests/vm/run --file $< -- 'with-scheduler $* --stats 1 -- load --seconds 5'

# The same seeds give the same figures on any machine: make bench SEEDS="1 2 3" CONTENDERS=scx_topo
SEEDS ?=
.PHONY: bench
bench: deps-all
	$(Q)$(MAKE) all bench-programs $(scaling)
	$(Q)O=$(O) CONTENDERS="$(CONTENDERS)" VM="$(VM)" tests/bench/all $(SEEDS)

# That the same seed gives the same samples, to the byte.
.PHONY: check-bench
check-bench: deps-all
	$(Q)$(MAKE) all bench-programs
	$(Q)O=$(O) VM="$(VM)" tests/bench/repeat $(SEEDS)

# libscxu beside the kernel's own scheduler in user space; fails where a claim about it does not hold.
.PHONY: bench-user
bench-user: deps-all
	$(Q)$(MAKE) all guest bench-programs
	$(Q)O=$(O) VM="$(VM)" tests/bench/user $(SEEDS)

# A game and a build, under EEVDF and under scx_topo.
.PHONY: demo
demo: deps-all
	$(Q)$(MAKE) all guest bench-programs
	$(Q)O=$(O) VM="$(VM)" tests/bench/demo

# Without what depends on where it is built: the size of a program changes the results.
.PHONY: bench-programs
bench-programs: $(bench-programs)
$(bench-programs): $(O)/tests/bench/%: $(O)/tests/bench/%.o $(call object,$(bench-library-sources))
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -s -Wl,--build-id=none -o $@ $^ -lm -pthread
$(O)/tests/bench/placement: $(O)/src/sched_event.o $(O)/src/tracefs.o

# What the policy costs as machines grow, in instructions.
$(scaling): $(scaling).o $(O)/libscx_topo.a
	$(say) LD $@
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(pkg-libs) -lm
.PHONY: bench-scaling
bench-scaling: deps-all
	$(Q)$(MAKE) all $(scaling)
	$(Q)O=$(O) VM="$(VM)" tests/bench/scaling/run

# What the BPF programs cost, to the instruction: make bench-profile SEEDS="1 2" V=1
$(profiler): tests/bench/profile/plugin.c $(O)/flags
	$(say) LD $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(cflags) -fPIC -shared -o $@ $<
.PHONY: bench-profile
bench-profile: deps-all
	$(Q)$(MAKE) all bench-programs $(profiler)
	$(Q)O=$(O) CONTENDERS="$(CONTENDERS)" tests/bench/profile/run $(SEEDS)

# --- Source layout --------------------------------------------------------------------------------

sources-to-format := $(shell find bpf topo energy src tests -name '*.[ch]' 2>/dev/null)
clang-format ?= $(firstword $(foreach tool,clang-format clang-format-19 clang-format-14,\
	$(shell command -v $(tool))))

format-log := $(O)/format.log

.PHONY: format
format:
	$(Q)$(clang-format) -i $(sources-to-format)

# Versions differ in a few places, so only the one of Debian 12 is a judge.
check-format:
	$(say) FORMAT "*.c *.h"
ifeq ($(clang-format),)
	@echo "  no clang-format here: layout not checked"
else
	@mkdir -p $(O)
	$(Q)$(clang-format) --dry-run -Werror $(sources-to-format) 2>$(format-log) || \
		case "$$($(clang-format) --version)" in \
		*"version 14."*) cat $(format-log) >&2; exit 1 ;; \
		*) echo "  $$(grep -c error: $(format-log)) places differ from clang-format 14" ;; \
		esac
endif

# --- The rest -------------------------------------------------------------------------------------

.PHONY: install deps deps-all clean veristat help compile_commands.json
deps:
	$(Q).setup/deps all

# Before tests that need more than the build does.
deps-all:
	$(Q).setup/deps all

install: all
	$(say) INSTALL $(DESTDIR)$(PREFIX)/bin/scx_topo
	$(Q)install -D -m 755 $(O)/scx_topo $(DESTDIR)$(PREFIX)/bin/scx_topo
	$(Q)install -D -m 755 $(O)/libscxu.so $(DESTDIR)$(PREFIX)/lib/libscxu.so.0
	$(Q)ln -sf libscxu.so.0 $(DESTDIR)$(PREFIX)/lib/libscxu.so
	$(Q)install -m 644 $(O)/libscxu.a $(DESTDIR)$(PREFIX)/lib/libscxu.a
	$(Q)install -D -m 644 src/user/scxu.h $(DESTDIR)$(PREFIX)/include/scxu.h
	$(Q)install -D -m 644 $(O)/scxu.pc $(DESTDIR)$(PREFIX)/lib/pkgconfig/scxu.pc
	@mkdir -p $(DESTDIR)$(PREFIX)/lib/systemd/system
	$(Q)sed 's|@PREFIX@|$(PREFIX)|' src/scx_topo.service.in \
		>$(DESTDIR)$(PREFIX)/lib/systemd/system/scx_topo.service
	$(Q)for page in $(wildcard docs/man/*.[0-9]); do \
		install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; \
	done

# Instructions of each BPF program as compiled, or as a kernel has them: KERNEL=7.3
veristat: $(bpf-sources:bpf/%.bpf.c=$(bpf-O)/%.bpf.o) $(if $(KERNEL),all guest)
ifeq ($(KERNEL),)
	@for object in $(filter %.o,$^); do readelf -sW $$object | \
		awk '$$4 == "FUNC" { printf "%-32s %6d\n", $$8, $$3 / 8 }' | sort; done
else
	@O=$(O) tests/vm/run --kernel $(KERNEL) -- with-scx_topo -- programs
endif

compile_commands.json:
	$(say) GEN $@
	@{ printf '['; separator=; \
	for file in $(program-sources) $(user-sources) $(unit-sources) $(guest-sources) \
		$(bench-sources) $(bench-library-sources); do \
		printf '%s\n{"directory": "%s", "file": "%s", "command": "%s -c %s"}' \
			"$$separator" '$(CURDIR)' "$$file" '$(CC) $(cflags)' "$$file"; separator=,; done; \
	for file in $(bpf-sources); do \
		printf '%s\n{"directory": "%s", "file": "%s", "command": "%s -c %s"}' \
			"$$separator" '$(CURDIR)' "$$file" '$(CLANG) $(bpf-cflags)' "$$file"; separator=,; \
	done; printf '\n]\n'; } >$@

clean:
	$(Q)rm -rf $(O) $(O)-asan compile_commands.json

help:
	@echo "make [V=1] [O=build] [SANITIZE=1] [DEPS=no] [TARGET]"
	@echo
	@echo "  all (default)   build $(O)/scx_topo, $(O)/libscxu.* and $(O)/examples"
	@echo "  run             show what scx_topo does, in a virtual machine"
	@echo "  run-fifo        show a scheduler of libscxu at work; all: $(examples:$(O)/examples/%=run-%)"
	@echo "  check           all tests"
	@echo "  demo            a game while something is built, under EEVDF and under scx_topo"
	@echo "  bench           the benchmark against other schedulers, in a virtual machine; SEEDS=\"1 2\""
	@echo "  check-bench     that the benchmark's machine repeats itself to the byte"
	@echo "  check-quick     the tests that need no virtual machine, in under a minute"
	@echo "  check-claims    what the documentation says of energy and locality, simulated"
	@echo "  check-user      the tests of libscxu in their long form"
	@echo "  bench-scaling   what the policy costs as machines grow"
	@echo "  bench-profile   what its BPF programs cost, to the instruction; SEEDS=\"1 2\" V=1"
	@echo "  bench-user      libscxu against the kernel's scheduler in user space"
	@echo "  check-seeds     random machines and load: SEEDS=20000 FIRST=1"
	@echo "  check-energy-seeds   that the ranking of kinds is learned, for SEEDS=\"1 2\" of 30"
	@echo "  check-mutants   that the unit tests notice mistakes in the policy: ONLY=steal.h"
	@echo "  install         install below DESTDIR= and PREFIX=$(PREFIX)"
	@echo "  deps            install the packages that building and testing need"
	@echo "  format          lay out the source; check-format only looks"
	@echo "  veristat        instruction counts of the BPF programs; KERNEL=7.3: in that kernel"
	@echo "  compile_commands.json   for editors and language servers"
	@echo "  clean           remove the build folders"
	@echo
	@echo "V=1 shows commands; SANITIZE=1 builds with ASan and UBSan into build-asan;"
	@echo "DEPS=no lists missing packages instead of installing them."

-include $(all-objects:.o=.d) $(no-energy-objects:.o=.d) $(mutants:%=$(O)/mutants/%.d) $(wildcard $(bpf-O)/*.d)
