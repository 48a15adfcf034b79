// Faults of kernels become errors of their launch: an access outside device memory, a stack overflow, an unaligned access.
#include "scheduler.h"
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

namespace argent_emulated
{
namespace
{
constexpr std::size_t kHandlerStackBytes = 64 * 1024;
constexpr u32 kWorkersMax = 64;

// Workers by the range of their fibers' stacks. A handler looks here and not in thread-local memory: it may run on an OS
// thread that has never used this library.
std::atomic<Worker*> watched[kWorkersMax];
struct sigaction previous_segv, previous_bus;

Worker* find_worker(u64 stack_pointer)
{
    for (auto& slot : watched)
    {
        Worker* own = slot.load();
        if (!own) return nullptr;
        const u64 begin = reinterpret_cast<u64>(own->stacks);
        if (stack_pointer >= begin && stack_pointer < begin + kBlockThreadsMax * kStackStride) return own;
    }
    return nullptr;
}

// Runs on the fiber's stack in place of the instruction that faulted.
void report_fault()
{
    Worker& own = worker();
    const u64 stack = reinterpret_cast<u64>(own.stacks) + own.running->index * kStackStride;
    if (own.fault_address >= stack && own.fault_address < stack + kPageBytes)
    {
        fail(kLaunchFailed, "stack overflow: local arrays need more than %zu bytes", kStackBytes);
    }
    fail(kIllegalAddress, "access to %#llx, which is outside of every allocation", own.fault_address);
}

// Goes on in `report`, in a fresh, aligned frame in the middle of the stack: the thread is given up, and one that overflowed its
// stack has room.
void redirect(Worker& own, gregset_t& registers, void (*report)())
{
    const u64 top = reinterpret_cast<u64>(own.stacks) + own.running->index * kStackStride + kPageBytes + kStackBytes / 2;
    registers[REG_RSP] = static_cast<greg_t>((top & ~15ull) - 8);
    registers[REG_RIP] = reinterpret_cast<greg_t>(report);
}

void handle(int signal, siginfo_t* info, void* context)
{
    auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    Worker* own = find_worker(static_cast<u64>(registers[REG_RSP]));
    if (own)
    {
        own->fault_address = reinterpret_cast<u64>(info->si_addr);
        redirect(*own, registers, &report_fault);
        return;
    }
    const struct sigaction& previous = signal == SIGBUS ? previous_bus : previous_segv;
    if (previous.sa_flags & SA_SIGINFO)
    {
        previous.sa_sigaction(signal, info, context);
    }
    else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN)
    {
        previous.sa_handler(signal);
    }
    else
    {
        // Without a handler before, the fault happens again and ends the process as it would have.
        sigaction(signal, &previous, nullptr);
    }
}

void report_timeout() { fail(kLaunchTimeout, "the kernel does not end: its launch has used its processor time"); }

// The kernel that runs on this OS thread is given up. Between blocks there is none, and the launch is about to end or to start
// another block: the timer fires again.
void handle_timer(int, siginfo_t*, void* context)
{
    auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    Worker* own = find_worker(static_cast<u64>(registers[REG_RSP]));
    if (own) redirect(*own, registers, &report_timeout);
}

void install()
{
    struct sigaction action = {};
    action.sa_sigaction = &handle_timer;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGVTALRM, &action, nullptr);
    action = {};
    action.sa_sigaction = &handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, &previous_segv);
    sigaction(SIGBUS, &action, &previous_bus);
}
}

void watch_faults(Worker& own)
{
    static std::once_flag once;
    std::call_once(once, install);
    stack_t stack = {};
    stack.ss_sp = malloc(kHandlerStackBytes);
    stack.ss_size = kHandlerStackBytes;
    sigaltstack(&stack, nullptr);
    sigevent event = {};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGVTALRM;
    event._sigev_un._tid = gettid();
    if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &own.timer) != 0) abort();
    for (auto& slot : watched)
    {
        Worker* empty = nullptr;
        if (slot.compare_exchange_strong(empty, &own)) return;
    }
    abort();
}
}

void argent_emulated::set_time(Worker& own, u32 seconds)
{
    itimerspec time = {};
    time.it_value.tv_sec = seconds;
    time.it_interval.tv_sec = seconds ? 1 : 0;
    timer_settime(own.timer, 0, &time, nullptr);
}

// Kernels are compiled with -fsanitize=alignment and call this before an access whose address is no multiple of its type's
// alignment. The layout of the first argument is that of the compiler's undefined-behaviour runtime.
struct TypeMismatch
{
    const char* file;
    u32 line, column;
    const void* type;
    u8 log_alignment, kind;
};
extern "C" void __ubsan_handle_type_mismatch_v1(const TypeMismatch* data, u64 address)
{
    argent_emulated::fail(argent_emulated::kMisalignedAddress, "access to %#llx at %s:%u, which needs a multiple of %u", address,
                          data->file, data->line, 1u << data->log_alignment);
}
