// Loads libvirt-adapter.so.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/front.hpp"

#include "libvirt/adapter.hpp"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

namespace ctys::libvirt {
namespace {

using Entry = decltype(&ctys_libvirt_adapter);

// Of the shared object that this function is linked into.
std::filesystem::path own_folder() {
  Dl_info info{};
  const Driver* inside = &kQemu;
  if (::dladdr(inside, &info) == 0 || info.dli_fname == nullptr)
    throw Error{Exit::failed, "cannot find the folder of the plugins"};
  return std::filesystem::path(info.dli_fname).parent_path();
}

// Code that others can write would run with the user's rights; a plugin is refused for the same.
void check_owner(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return;  // to load it will say what is wrong
  if ((status.st_uid != 0 && status.st_uid != ::getuid()) || (status.st_mode & S_IWOTH) != 0)
    throw Error{Exit::failed, "cannot load " + file.string(),
                "it belongs to another user, or everybody may write to it",
                "give it to root or to yourself and take write access from others"};
}

Entry load() {
  const auto file = own_folder() / "libvirt-adapter.so";
  check_owner(file);
  void* handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  void* symbol = handle == nullptr ? nullptr : ::dlsym(handle, "ctys_libvirt_adapter");
  if (symbol == nullptr) {
    const char* reason = ::dlerror();  // NOLINT(concurrency-mt-unsafe): a worker has one thread here
    throw Error{Exit::failed, "cannot load " + file.string(), reason != nullptr ? reason : "unknown reason",
                "install the missing library (Debian: libvirt0), or ctys anew"};
  }
  Entry entry = nullptr;
  std::memcpy(&entry, &symbol, sizeof entry);
  return entry;
}

}  // namespace

const ctys_plugin& adapter_of(const Driver& driver) {
  static const Entry entry = load();
  const ctys_plugin* table = entry(detail::borrow(driver.type));
  if (table == nullptr || table->magic != CTYS_ABI_MAGIC || table->abi_major != CTYS_ABI_MAJOR)
    throw Error{Exit::failed, "libvirt-adapter.so does not fit this plugin",
                "it is of another version of ctys", "install both from one version"};
  return *table;
}

}  // namespace ctys::libvirt
