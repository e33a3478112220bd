// Opens a plugin's shared object and checks its table.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/load.hpp"

#include "base/file.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <elf.h>
#include <link.h>
#include <string>
#include <utility>

namespace ctys::plugin {
namespace {

std::string dotted(std::uint32_t major, std::uint32_t minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

// What is wrong with the file itself; nothing is said of what dlopen() finds out. One that was cut off is
// mapped by it as if it were whole, and the process ends by a signal when the part is touched that is not
// there.
Result<void> check_file(const std::filesystem::path& file) {
  const auto refuse = [&](std::string why, std::string fix) {
    return fail(Exit::failed, "cannot load plugin " + file.string(), std::move(why), std::move(fix));
  };
  constexpr const char* kAnew = "install the plugin anew";
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && errno == EACCES)
    return refuse(system_message(EACCES), "make it readable: chmod a+r " + file.string());
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return refuse(system_message(errno), kAnew);
  if (status.st_size == 0) return refuse("the file is empty", kAnew);
  ElfW(Ehdr) head{};
  if (::pread(fd.get(), &head, sizeof head, 0) != sizeof head ||
      std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_phentsize != sizeof(ElfW(Phdr)))
    return refuse("the file is no shared object of this kind of machine",
                  "install the plugin anew, or remove it");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  for (unsigned i = 0; i < head.e_phnum; ++i) {
    ElfW(Phdr) part{};
    const auto place = static_cast<off_t>(head.e_phoff + i * sizeof part);
    const bool read = ::pread(fd.get(), &part, sizeof part, place) == sizeof part;
    if (!read || (part.p_type == PT_LOAD && (part.p_offset > size || part.p_filesz > size - part.p_offset)))
      return refuse("the file is cut off", kAnew);
  }
  return {};
}

}  // namespace

Result<ctys_plugin> load(const std::filesystem::path& file) {
  const std::string name = file.string();
  TRY_VOID(check_file(file));
  // Each plugin sees its own libraries only; a missing one shows here and not in the middle of an action.
  void* handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = ::dlerror();  // NOLINT(concurrency-mt-unsafe): a worker has one thread
    return fail(Exit::failed, "cannot load plugin " + name, reason != nullptr ? reason : "unknown reason",
                "install the missing library, or remove the plugin");
  }
  using Entry = const ctys_plugin* (*)();
  Entry entry = nullptr;
  void* symbol = ::dlsym(handle, "ctys_plugin_entry");
  std::memcpy(&entry, &symbol, sizeof entry);
  if (entry == nullptr)
    return fail(Exit::failed, "cannot use plugin " + name,
                "it is no ctys plugin: it has no ctys_plugin_entry");
  const ctys_plugin* theirs = entry();
  if (theirs == nullptr || theirs->magic != CTYS_ABI_MAGIC)
    return fail(Exit::failed, "cannot use plugin " + name,
                "it is no ctys plugin: its table has a wrong mark");
  // An older plugin is fine. A newer one could call host functions that are not here.
  if (theirs->abi_major != CTYS_ABI_MAJOR || theirs->abi_minor > CTYS_ABI_MINOR)
    return fail(Exit::failed, "cannot use plugin " + name,
                "it needs plugin interface " + dotted(theirs->abi_major, theirs->abi_minor) + ", ctys has " +
                    dotted(CTYS_ABI_MAJOR, CTYS_ABI_MINOR),
                "rebuild the plugin, or update ctys");
  ctys_plugin table{};
  std::memcpy(&table, theirs, std::min<std::size_t>(theirs->size, sizeof table));
  if (table.open == nullptr || table.close == nullptr)
    return fail(Exit::failed, "cannot use plugin " + name, "open or close is missing in its table");
  return table;
}

}  // namespace ctys::plugin
