//! Executes attempts until time is up.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use zkpot_protocol::rejection::Rejection;

use crate::attempt::{Attempt, Refusal, Terms};
use crate::chance::Chance;
use crate::execution::{Execution, execute, note_panics};
use crate::mutations;
use crate::options::Options;
use crate::report::{Depth, Report};
use crate::watched::{Progress, watch};
use crate::world::World;

/// After so many seconds an execution is taken to never end.
const ENDLESS: u64 = 60;

/// Corpus files are no larger.
const MAX_KEPT: usize = 16 << 10;

/// What all workers share.
struct Shared<'a> {
    world: &'a World,
    options: &'a Options,
    started: Instant,
    stop: AtomicBool,
    /// By worker: its execution, and the second at which it began.
    current: Vec<(AtomicU64, AtomicU64)>,
    total: Mutex<Report>,
    /// By fault, without numbers: where the first one is saved.
    findings: Mutex<BTreeMap<String, PathBuf>>,
    /// By kind of refusal: the smallest link.
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
}

/// Searches for the time that was given; returns the number of findings.
///
/// # Errors
/// Threads or files cannot be made.
pub fn search(world: &World, options: &Options) -> Result<usize, String> {
    note_panics();
    let shared = Shared {
        world,
        options,
        started: Instant::now(),
        stop: AtomicBool::new(false),
        current: (0..options.workers).map(|_| Default::default()).collect(),
        total: Mutex::default(),
        findings: Mutex::default(),
        kept: Mutex::default(),
    };
    println!(
        "seed {}, {} runs, {} inputs in the corpus, {} workers, {} s",
        options.seed,
        world.runs.len(),
        world.kept.len(),
        options.workers,
        options.seconds
    );
    thread::scope(|scope| {
        for worker in 0..options.workers {
            let shared = &shared;
            scope.spawn(move || {
                // Work that the library hands to a pool stays on this thread, where it is counted.
                let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
                match pool.build() {
                    Ok(pool) => pool.install(|| work(shared, worker)),
                    Err(error) => eprintln!("no pool: {error}"),
                }
            });
        }
        watch_over(&shared);
    });
    println!("{}", lock(&shared.total));
    if options.collect {
        for (number, link) in lock(&shared.kept).values().enumerate() {
            let file = options.corpus.join(format!("link-{number:03}"));
            fs::write(&file, link).map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    let findings = lock(&shared.findings);
    for (fault, file) in findings.iter() {
        println!("FINDING {fault}\n  zkpot-fuzz --replay {}", file.display());
    }
    println!("findings: {}", findings.len());
    Ok(findings.len())
}

/// Repeats a finding.
///
/// # Errors
/// The file cannot be read.
pub fn replay(world: &World, file: &Path) -> Result<usize, String> {
    let bytes = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let attempt: Attempt = postcard::from_bytes(&bytes).map_err(|error| error.to_string())?;
    let run = world.runs.get(attempt.run).ok_or("a finding in another run")?;
    println!("link {} of the run '{}'", attempt.position, run.name);
    let execution = execute(|| watch(attempt.lenient, || attempt.verify(world)));
    println!("{execution:#?}");
    Ok(usize::from(fault_of(&attempt, &execution, world).is_some()))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Ends the search when its time is up, and at once where an execution does not end.
fn watch_over(shared: &Shared<'_>) {
    let seconds = || shared.started.elapsed().as_secs();
    let mut told = 0;
    while seconds() < shared.options.seconds {
        thread::sleep(Duration::from_millis(200));
        for (execution, begun) in &shared.current {
            let begun = begun.load(Ordering::Relaxed);
            if seconds().saturating_sub(begun) > ENDLESS {
                let execution = execution.load(Ordering::Relaxed);
                let mut chance = Chance::new(shared.options.seed, execution);
                let only = shared.options.only.as_deref();
                let (_, attempt) = mutations::attempt(shared.world, &mut chance, only);
                save(shared, &attempt, "it does not end");
                println!("{}\nFINDING execution {execution} does not end", lock(&shared.total));
                std::process::exit(1);
            }
        }
        if seconds() >= told + 60 {
            told = seconds();
            let total = lock(&shared.total);
            let executions: u64 = total.depths.iter().chain(&total.lenient).sum();
            println!(
                "{told} s: {executions} executions, {} findings",
                lock(&shared.findings).len()
            );
        }
    }
    shared.stop.store(true, Ordering::Relaxed);
}

fn work(shared: &Shared<'_>, worker: u64) {
    let mut report = Report::default();
    let mut execution = worker;
    let (current, begun) = &shared.current[worker as usize];
    while !shared.stop.load(Ordering::Relaxed) {
        current.store(execution, Ordering::Relaxed);
        begun.store(shared.started.elapsed().as_secs(), Ordering::Relaxed);
        let mut chance = Chance::new(shared.options.seed, execution);
        let only = shared.options.only.as_deref();
        let started = Instant::now();
        let (strategy, attempt) = mutations::attempt(shared.world, &mut chance, only);
        examine(shared, &attempt, &mut report);
        let spent = report.strategies.entry(strategy).or_default();
        *spent = (spent.0 + 1, spent.1 + started.elapsed().as_secs_f64());
        if spent.0 % 256 == 0 {
            lock(&shared.total).add(&std::mem::take(&mut report));
        }
        execution += shared.options.workers;
    }
    lock(&shared.total).add(&report);
}

/// The verifier's answer, and how far it came.
type Answer = (Result<(), Refusal>, Progress);

fn examine(shared: &Shared<'_>, attempt: &Attempt, report: &mut Report) {
    let world = shared.world;
    let execution = execute(|| watch(attempt.lenient, || attempt.verify(world)));
    report.seconds = report.seconds.max(execution.seconds);
    report.bytes = report.bytes.max(execution.bytes);
    if let Some(fault) = fault_of(attempt, &execution, world) {
        save(shared, attempt, &fault);
    }
    let Some((answer, progress)) = &execution.value else { return };
    let depths = if attempt.lenient { &mut report.lenient } else { &mut report.depths };
    depths[depth(answer, progress, attempt.openings(world)) as usize] += 1;
    let Err(refusal) = answer else { return };
    let kind = refusal.kind();
    if shared.options.collect
        && attempt.link.len() <= MAX_KEPT
        && matches!(attempt.terms, Terms::Same)
    {
        let mut kept = lock(&shared.kept);
        let smallest = kept.entry(kind.clone()).or_insert_with(|| attempt.link.clone());
        if attempt.link.len() < smallest.len() {
            smallest.clone_from(&attempt.link);
        }
    }
    *report.refusals.entry(kind).or_default() += 1;
}

fn depth(answer: &Result<(), Refusal>, progress: &Progress, openings: usize) -> Depth {
    match answer {
        Ok(()) => Depth::Accepted,
        Err(Refusal::Terms(_)) => Depth::Terms,
        Err(_) if progress.checked > 0 && progress.checked == openings => Depth::LastCheck,
        Err(_) if progress.reached > 1 => Depth::FurtherOpening,
        Err(_) if progress.checked > 0 => Depth::FirstOpening,
        Err(_) if progress.reached > 0 => Depth::Opening,
        Err(_) if progress.statement => Depth::Relations,
        Err(Refusal::Proof(
            Rejection::Encoding(_)
            | Rejection::Version { .. }
            | Rejection::Limit { part: "link", .. },
        )) => Depth::Bytes,
        Err(_) => Depth::Statement,
    }
}

/// What is wrong with an execution: a fault of its own, or a false proof that was accepted.
fn fault_of(attempt: &Attempt, execution: &Execution<Answer>, world: &World) -> Option<String> {
    if execution.fault.is_some() {
        return execution.fault.clone();
    }
    let accepted = matches!(&execution.value, Some((Ok(()), _)));
    (accepted && !attempt.lenient && !attempt.is_unchanged(world))
        .then(|| "a changed proof is accepted".into())
}

fn save(shared: &Shared<'_>, attempt: &Attempt, fault: &str) {
    let kind: String = fault.chars().filter(|c| !c.is_ascii_digit()).take(120).collect();
    let mut findings = lock(&shared.findings);
    if findings.contains_key(&kind) {
        return;
    }
    let file = shared.options.findings.join(format!("finding-{:03}", findings.len()));
    let saved = fs::create_dir_all(&shared.options.findings)
        .and_then(|()| fs::write(&file, postcard::to_allocvec(attempt).unwrap_or_default()));
    if let Err(error) = saved {
        eprintln!("{}: {error}", file.display());
    }
    println!("FINDING {fault}");
    findings.insert(kind, file);
}
