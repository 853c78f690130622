//! The system calls that memory, threads and pipes take, and no others: seccomp.

use std::env::consts::ARCH;

use libc::c_long;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, apply_filter_all_threads,
};

/// Free to be called.
const FREE: [c_long; 28] = [
    // Pipes that are open.
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_close,
    // Memory.
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    // Threads.
    libc::SYS_futex,
    libc::SYS_gettid,
    libc::SYS_rseq,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_exit,
    libc::SYS_exit_group,
    // Signals to itself, which end it.
    libc::SYS_getpid,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    // Time and chance.
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getrandom,
];

/// What the kernel calls a name for a piece of memory; jemalloc gives some.
const PR_SET_VMA: u64 = 0x5356_4d41;

/// Gives up all other system calls, in every thread: they fail as if the kernel did not have them,
/// which libraries are prepared for. Whether that is in force.
pub(super) fn give_up() -> bool {
    program().is_ok_and(|program| apply_filter_all_threads(&program).is_ok())
}

fn program() -> Result<BpfProgram, BackendError> {
    // Memory that can be written is never run.
    let no_code = vec![has_bits(2, bits(libc::PROT_EXEC), 0)?];
    // Threads, no processes. The newer call hides its flags; the C library goes back to this one.
    let thread = bits(libc::CLONE_THREAD | libc::CLONE_VM);
    let bound = [
        (libc::SYS_mmap, no_code.clone()),
        (libc::SYS_mprotect, no_code),
        (libc::SYS_clone, vec![has_bits(0, thread, thread)?]),
        (libc::SYS_prctl, vec![is(0, bits(libc::PR_SET_NAME))?, is(0, PR_SET_VMA)?]),
        (libc::SYS_tgkill, vec![is(0, u64::from(std::process::id()))?]),
    ];
    let rules = FREE.into_iter().map(|call| (call, Vec::new())).chain(bound).collect();
    let otherwise = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    SeccompFilter::new(rules, otherwise, SeccompAction::Allow, ARCH.try_into()?)?.try_into()
}

fn bits(flags: i32) -> u64 {
    u64::from(flags.unsigned_abs())
}

/// A rule for calls one of whose arguments has these of its bits.
fn has_bits(argument: u8, of: u64, wanted: u64) -> Result<SeccompRule, BackendError> {
    rule(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(of), wanted)
}

/// A rule for calls one of whose arguments is this. The kernel looks at 32 bits of them.
fn is(argument: u8, wanted: u64) -> Result<SeccompRule, BackendError> {
    rule(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, wanted)
}

fn rule(
    argument: u8,
    size: SeccompCmpArgLen,
    comparison: SeccompCmpOp,
    wanted: u64,
) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(argument, size, comparison, wanted)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_can_be_written_for_this_machine() {
        assert!(program().is_ok_and(|program| program.len() > FREE.len()));
    }
}
