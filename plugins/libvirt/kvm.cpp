// Looks for a KVM that runs guests.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/kvm.hpp"

#include "libvirt/file.hpp"
#include "libvirt/text.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__x86_64__) && __has_include(<linux/kvm.h>)
#include <linux/kvm.h>
#define CTYS_HAS_KVM_TEST 1
#else
#define CTYS_HAS_KVM_TEST 0
#endif

namespace ctys::libvirt {
namespace {

std::string system_words(int number) {
  return std::generic_category().message(number);
}

#if CTYS_HAS_KVM_TEST

struct Opened {
  explicit Opened(int opened) noexcept : fd(opened) {}
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    if (fd >= 0) ::close(fd);
  }
  int fd;
};

struct Mapping {
  Mapping(int fd, std::size_t bytes, int flags) noexcept
      : size(bytes), at(::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, fd, 0)) {}
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (at != MAP_FAILED) ::munmap(at, size);  // NOLINT: MAP_FAILED is the system's cast
  }
  std::size_t size;
  void* at;
};

constexpr std::uint16_t kPort = 0x510;
constexpr std::size_t kPage = 4096;
constexpr std::uint64_t kLoadAddress = 0x1000;
// Real mode: mov dx, kPort; mov al, 42; out dx, al; hlt
constexpr unsigned char kProgram[] = {0xba, kPort & 0xff, kPort >> 8, 0xb0, 42, 0xee, 0xf4};

std::string failed(const char* step) {
  return std::string(step) + " failed: " + system_words(errno);
}

bool set_registers(int vcpu) {
  kvm_sregs special{};
  if (::ioctl(vcpu, KVM_GET_SREGS, &special) < 0) return false;
  special.cs.base = 0;
  special.cs.selector = 0;
  kvm_regs registers{};
  registers.rip = kLoadAddress;
  registers.rflags = 2;
  return ::ioctl(vcpu, KVM_SET_SREGS, &special) >= 0 && ::ioctl(vcpu, KVM_SET_REGS, &registers) >= 0;
}

// Runs until the port is written and the program halts. Empty: it did; else why not.
std::string run_program(int vcpu, const kvm_run* run) {
  bool written = false;
  constexpr int kMostExits = 16;
  for (int exits = 0; exits < kMostExits; ++exits) {
    if (::ioctl(vcpu, KVM_RUN, 0) < 0) return failed("running the test machine");
    if (run->exit_reason == KVM_EXIT_IO && run->io.port == kPort) written = true;
    if (run->exit_reason == KVM_EXIT_HLT)
      return written ? "" : "the test machine halted without having worked";
    if (run->exit_reason != KVM_EXIT_IO)
      return "the test machine ended with KVM exit " + std::to_string(run->exit_reason);
  }
  return "the test machine did not halt";
}

std::string test_machine() {
  const Opened kvm(::open("/dev/kvm", O_RDWR | O_CLOEXEC));
  if (kvm.fd < 0) return "/dev/kvm: " + system_words(errno);
  const Opened vm(::ioctl(kvm.fd, KVM_CREATE_VM, 0));
  if (vm.fd < 0) return failed("making a test machine");
  const Mapping memory(-1, kPage, MAP_SHARED | MAP_ANONYMOUS);
  if (memory.at == MAP_FAILED) return failed("making its memory");  // NOLINT: as above
  std::memcpy(memory.at, kProgram, sizeof kProgram);
  kvm_userspace_memory_region region{};
  region.guest_phys_addr = kLoadAddress;
  region.memory_size = kPage;
  region.userspace_addr = reinterpret_cast<std::uintptr_t>(memory.at);
  if (::ioctl(vm.fd, KVM_SET_USER_MEMORY_REGION, &region) < 0) return failed("giving it memory");
  const Opened vcpu(::ioctl(vm.fd, KVM_CREATE_VCPU, 0));
  const int size = ::ioctl(kvm.fd, KVM_GET_VCPU_MMAP_SIZE, 0);
  if (vcpu.fd < 0 || size < static_cast<int>(sizeof(kvm_run))) return failed("giving it a processor");
  const Mapping state(vcpu.fd, static_cast<std::size_t>(size), MAP_SHARED);
  if (state.at == MAP_FAILED || !set_registers(vcpu.fd)) return failed("starting it");  // NOLINT: as above
  return run_program(vcpu.fd, static_cast<const kvm_run*>(state.at));
}

// A broken KVM may never return: the thread is then left behind, it ends with the process.
std::string bounded_test() {
  struct Shared {
    std::mutex mutex;
    std::condition_variable ended;
    bool done = false;
    std::string why;
  };
  constexpr std::chrono::seconds kLimit{1};
  const auto shared = std::make_shared<Shared>();
  std::thread([shared] {
    std::string why = test_machine();
    const std::lock_guard lock(shared->mutex);
    shared->why = std::move(why);
    shared->done = true;
    shared->ended.notify_all();
  }).detach();
  std::unique_lock lock(shared->mutex);
  if (!shared->ended.wait_for(lock, kLimit, [&] { return shared->done; }))
    return "the test machine did not end within a second";
  return shared->why;
}

#endif

std::string module_of(std::string_view flag) {
  const std::string name = flag == "vmx" ? "kvm_intel" : "kvm_amd";
  std::error_code ignored;
  return std::filesystem::exists("/sys/module/" + name, ignored) ? name : "";
}

// "kvm_pvm", for the text: what else drives /dev/kvm here.
std::string other_modules() {
  std::string names;
  std::error_code error;
  for (std::filesystem::directory_iterator at("/sys/module", error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with("kvm_")) names += (names.empty() ? "" : ", ") + name;
  }
  return names.empty() ? "no module known to drive it" : "modules: " + names;
}

}  // namespace

std::string_view virtualisation_flag(std::string_view cpuinfo) noexcept {
  const auto flags = cpuinfo.find("\nflags");
  if (flags == std::string_view::npos) return {};
  const auto line = cpuinfo.substr(flags + 1, cpuinfo.find('\n', flags + 1) - flags - 1);
  for (const std::string_view flag : {std::string_view("vmx"), std::string_view("svm")}) {
    const auto at = line.find(flag);
    if (at == std::string_view::npos || at == 0 || line[at - 1] != ' ') continue;
    if (at + flag.size() == line.size() || line[at + flag.size()] == ' ') return flag;
  }
  return {};
}

KvmFinding find_kvm() {
#if CTYS_HAS_KVM_TEST
  constexpr const char* kSwitchOn =
      "switch virtualisation on in the firmware (VT-x, AMD-V, SVM); of a virtual machine, give it the host's "
      "processor with nesting";
  if (::access("/dev/kvm", F_OK) != 0)
    return {false, "there is no /dev/kvm",
            std::string(kSwitchOn) + ", then load the module: sudo modprobe kvm_intel, or kvm_amd"};
  constexpr std::size_t kCpuInfo = std::size_t{64} * 1024;  // the first processor is enough
  const auto flag = virtualisation_flag(try_read_file("/proc/cpuinfo", kCpuInfo).value_or(""));
  if (flag.empty())
    return {false,
            "/dev/kvm exists, but the processor offers neither vmx nor svm (" + other_modules() +
                "): no guest was ever seen to come up on such a one",
            kSwitchOn};
  const std::string module = module_of(flag);
  if (module.empty())
    return {false,
            "the processor offers " + std::string(flag) + ", but its kernel module is not loaded (" +
                other_modules() + ")",
            std::string("load it: sudo modprobe ") + (flag == "vmx" ? "kvm_intel" : "kvm_amd")};
  if (const std::string why = bounded_test(); !why.empty()) {
    const bool closed = ::access("/dev/kvm", R_OK | W_OK) != 0;
    return {false, "KVM by " + module + ": " + why,
            closed ? "join its group (sudo usermod -aG kvm $USER, then log in again)"
                   : "see what the kernel says of kvm: sudo dmesg"};
  }
  return {true, "KVM by " + module + ": a test machine ran"};
#else
  return {false, "KVM is not looked for on this architecture"};
#endif
}

}  // namespace ctys::libvirt
