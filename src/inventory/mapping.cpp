// Maps files and survives their being cut.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/mapping.hpp"

#include "base/file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

namespace ctys::inventory {
namespace {

// What the handler may look at: only lock-free atomics.
struct Slot {
  std::atomic<bool> taken = false;
  std::atomic<bool> torn = false;
  std::atomic<std::uintptr_t> begin = 0;
  std::atomic<std::uintptr_t> end = 0;
};
std::array<Slot, 64> slots;
std::atomic<std::uintptr_t> page_size = 0;
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

void on_bus_error(int signal, siginfo_t* info, void* /*context*/) {
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);  // NOLINT(*-reinterpret-cast)
  const auto page = page_size.load();
  for (auto& slot : slots) {
    if (address < slot.begin || address >= slot.end) continue;
    auto* const at =
        reinterpret_cast<void*>(address & ~(page - 1));  // NOLINT(*-reinterpret-cast,*-int-to-ptr)
    if (::mmap(at, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) break;
    slot.torn = true;
    return;
  }
  // None of ours: it ends the process, as it would have done without this.
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  ::sigaction(signal, &usual, nullptr);
}

bool install() {
  page_size = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  struct sigaction action {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  return ::sigaction(SIGBUS, &action, nullptr) == 0;
}

}  // namespace

Result<Mapping> Mapping::of(int fd, std::uint64_t size) {
  static const bool installed = install();
  Mapping mapping;
  if (size == 0) return mapping;
  for (std::size_t at = 0; at < slots.size(); ++at) {
    if (!installed || slots[at].taken.exchange(true)) continue;
    void* const begin = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (begin == MAP_FAILED) {
      slots[at].taken = false;
      return fail(Exit::failed, "cannot map a file", system_message(errno));
    }
    mapping.begin_ = static_cast<char*>(begin);
    mapping.size_ = size;
    mapping.slot_ = at;
    slots[at].torn = false;
    slots[at].end = reinterpret_cast<std::uintptr_t>(begin) + size;  // NOLINT(*-reinterpret-cast)
    slots[at].begin = reinterpret_cast<std::uintptr_t>(begin);       // NOLINT(*-reinterpret-cast)
    return mapping;
  }
  return fail(Exit::failed, "cannot map a file", "too many are mapped");
}

Mapping::~Mapping() {
  if (begin_ == nullptr) return;
  auto& slot = slots[slot_];
  slot.end = 0;
  slot.begin = 0;
  ::munmap(begin_, size_);
  slot.taken = false;
}

bool Mapping::is_torn() const noexcept {
  return begin_ != nullptr && slots[slot_].torn;
}

}  // namespace ctys::inventory
