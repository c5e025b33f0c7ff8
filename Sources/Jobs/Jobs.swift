/// Carries the work of a build: a worker pool whose loops nest, the journal that lets a killed build
/// go on where it was, and progress for people.
///
/// Everything here is synchronous and runs on threads of its own: blocking C libraries may be
/// called from work items without starving Swift's cooperative pool.
