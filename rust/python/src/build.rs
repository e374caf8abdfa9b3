//! Which build of the extension this is, and which ones this processor could run.
//!
//! The library's vectors are chosen when it is compiled, so a wheel has several builds. They are
//! called after the levels of x86-64 that they are compiled for.

use pyo3::prelude::*;

/// Every processor of the architecture runs it. On aarch64 that includes vectors.
const BASELINE: &str = "baseline";

/// A level by its features: whether this build is compiled for it, and whether the processor and
/// the operating system have it. What rustc's level has and cannot be asked for comes with these.
#[cfg(target_arch = "x86_64")]
macro_rules! level {
    ($name:ident, $compiled:ident, $($feature:tt),*) => {
        const $compiled: bool = cfg!(all($(target_feature = $feature),*));

        fn $name() -> bool {
            true $(&& std::is_x86_feature_detected!($feature))*
        }
    };
}

#[cfg(target_arch = "x86_64")]
level!(
    runs_v3,
    COMPILED_V3,
    "avx",
    "avx2",
    "bmi1",
    "bmi2",
    "cmpxchg16b",
    "f16c",
    "fma",
    "lzcnt",
    "movbe",
    "popcnt"
);
#[cfg(target_arch = "x86_64")]
level!(runs_v4_alone, COMPILED_V4_ALONE, "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl");

/// The name of this build: the highest level whose instructions it may use.
#[cfg(target_arch = "x86_64")]
pub const BUILD: &str = if COMPILED_V3 && COMPILED_V4_ALONE {
    "v4"
} else if COMPILED_V3 {
    "v3"
} else {
    BASELINE
};
#[cfg(not(target_arch = "x86_64"))]
pub const BUILD: &str = BASELINE;

/// Builds that this processor can run under this operating system, the fastest last.
#[pyfunction]
pub fn runnable_builds() -> Vec<&'static str> {
    #[cfg_attr(not(target_arch = "x86_64"), expect(unused_mut, reason = "there is one build"))]
    let mut builds = vec![BASELINE];
    #[cfg(target_arch = "x86_64")]
    if runs_v3() {
        builds.push("v3");
        if runs_v4_alone() {
            builds.push("v4");
        }
    }
    builds
}
