# SPDX-License-Identifier: MIT
# Compiler and linker flags: by project, by folder, by suffix of the file.

# A lazy variable that runs its command once, at first use: pkg-config may be absent while the Makefile is read.
once = $(eval $(1) := $$(shell $(2)))$($(1))

V ?= 0
Q := $(if $(filter 0,$(V)),@)
say = $(if $(filter 0,$(V)),@printf '  %-4s %s\n' '$(1)' '$(2)')
stamp = @mkdir -p $(@D); printf '%s\n' '$(1)' | cmp -s - $@ || printf '%s\n' '$(1)' >$@

OPENBLAS_DIR ?= $(firstword $(wildcard /usr/lib/$(TRIPLET)/openblas-openmp))
OPENBLAS_INC ?= $(firstword $(wildcard /usr/include/$(TRIPLET)/openblas-openmp))

HDF5_CFLAGS  = $(call once,HDF5_CFLAGS,$(PKG_CONFIG) --cflags hdf5-serial 2>/dev/null)
HDF5_LIBS    = $(call once,HDF5_LIBS,$(PKG_CONFIG) --libs hdf5-serial)
CAIRO_CFLAGS = $(call once,CAIRO_CFLAGS,$(PKG_CONFIG) --cflags cairo 2>/dev/null)
CAIRO_LIBS   = $(call once,CAIRO_LIBS,$(PKG_CONFIG) --libs cairo)
# Their headers are not ours to warn about.
as_system = $(patsubst -I%,-isystem %,$(1))
EXTERN_INCLUDES = $(if $(OPENBLAS_INC),-isystem $(OPENBLAS_INC)) $(call as_system,$(HDF5_CFLAGS) $(CAIRO_CFLAGS))

# Debian ranks the pthread flavour of OpenBLAS above the OpenMP one, and LAPACKE asks for liblapack.so.3 by name: only
# DT_RPATH (not RUNPATH) also serves the libraries that our libraries load.
OPENBLAS_LIBS = $(if $(OPENBLAS_DIR),-L$(OPENBLAS_DIR) -Wl$(comma)--disable-new-dtags$(comma)-rpath$(comma)$(OPENBLAS_DIR)) \
                -llapacke -lopenblas
comma := ,

FFTW_LIBS   := $(if $(filter 1,$(FFTW)),-lfftw3 -lfftw3f)
KERNEL_LIBS := $(FFTW_LIBS) -lm
LIB_LIBS     = $(HDF5_LIBS) -ldeflate -llz4 -lzstd -linih -ljansson -lmd $(OPENBLAS_LIBS) $(KERNEL_LIBS)
CLI_LIBS     = -ljansson -lxxhash $(CAIRO_LIBS)
UNIT_LIBS    = -lcunit -ldeflate -llz4 -lzstd

# That clang leaves a loop rolled is a remark on speed.
WARNINGS := -Wall -Wextra -Wconversion -Wshadow $(if $(CLANG),-Wno-pass-failed) $(if $(filter 1,$(WERROR)),-Werror)
# Unrolled kernels take minutes to compile with checks in them and the optimiser at its best.
SANITIZE := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all -O1 $(if $(CLANG),,-fno-var-tracking))
# Fused operations only where written; errno is never read after a math function; NaN keeps its meaning.
NUMERIC  := -ffp-contract=off -fno-math-errno
FLAGS_ALL := -std=c11 -D_GNU_SOURCE $(NUMERIC) $(CFLAGS) $(WARNINGS) $(SANITIZE) -fPIC -fvisibility=hidden \
             -Iinclude -I. -DCPH_HAVE_FFTW=$(FFTW) -DCPH_VERSION=\"$(VERSION)\" $(CPPFLAGS)
LDFLAGS_ALL := $(CFLAGS) $(SANITIZE) -fopenmp -Wl,--as-needed $(LDFLAGS)

# By folder: who may see whose headers.
FOLDER_FLAGS_kernels  = $(if $(OPENBLAS_INC),-isystem $(OPENBLAS_INC))
FOLDER_FLAGS_calib    = $(FOLDER_FLAGS_kernels)
FOLDER_FLAGS_datasets = $(call as_system,$(HDF5_CFLAGS))
FOLDER_FLAGS_cli      = $(call as_system,$(CAIRO_CFLAGS))
FOLDER_FLAGS_bench    = $(FOLDER_FLAGS_kernels)
FOLDER_FLAGS_tests    = $(EXTERN_INCLUDES)

# By suffix: instruction sets and libraries.
SUFFIX_FLAGS_avx2   := -mavx2 -mfma
SUFFIX_FLAGS_avx512 := -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma
SUFFIX_FLAGS_avx512bf16 := $(SUFFIX_FLAGS_avx512) -mavx512bf16
SUFFIX_FLAGS_avx512vnni := $(SUFFIX_FLAGS_avx512) -mavx512vnni
SUFFIX_FLAGS_neon   :=
SUFFIX_FLAGS_neondot := -march=armv8.2-a+dotprod
SUFFIX_FLAGS_scalar := $(if $(CLANG),-fno-vectorize -fno-slp-vectorize,-fno-tree-vectorize)
# What the compiler makes of plain loops, a path of the benchmark: it may do what we don't, but for NaN.
SUFFIX_FLAGS_auto   := -O3 -ftree-vectorize -ffp-contract=fast -fassociative-math -fno-signed-zeros -fno-trapping-math
SUFFIX_FLAGS_autoavx2   := $(SUFFIX_FLAGS_auto) $(SUFFIX_FLAGS_avx2)
SUFFIX_FLAGS_autoavx512 := $(SUFFIX_FLAGS_auto) $(SUFFIX_FLAGS_avx512) -mprefer-vector-width=512
SUFFIX_FLAGS_omp    := -fopenmp
ABSENT := $(if $(filter x86_64,$(ARCH)),%_auto.c,%_autoavx2.c %_autoavx512.c %_avx2.c %_avx512.c %_avx512bf16.c %_avx512vnni.c) \
          $(if $(filter aarch64,$(ARCH)),,%_neon.c %_neondot.c) \
          $(if $(filter 1,$(FFTW)),,%_fftw.c) $(if $(CROSS),%_lapack.c)

folder_of = $(firstword $(subst /, ,$(1)))
suffix_of = $(lastword $(subst _, ,$(basename $(notdir $(1)))))
flags_of  = $(FLAGS_ALL) $(FOLDER_FLAGS_$(call folder_of,$(1))) $(SUFFIX_FLAGS_$(call suffix_of,$(1)))

# $(call link,OBJECTS,LIBRARIES)
define link
$(call say,LD,$@)
@mkdir -p $(@D)
$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $(1) $(2)
endef
