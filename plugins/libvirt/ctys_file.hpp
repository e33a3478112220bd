// Machine files: what a file describes, and its libvirt domain.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/conf.hpp"
#include "libvirt/driver.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::libvirt {

// What the conversion has to know of the host.
struct HostFacts {
  bool kvm = false;                  // seen to run a guest
  std::string arch;                  // uname -m
  std::vector<std::string> bridges;  // network devices that are bridges
};
[[nodiscard]] HostFacts host_facts();

// A domain of an original `.ctys` file: its variables become devices, all its keys become attributes. `path`
// is the file's absolute path: relative media are meant from its folder, and it gives the UUID where the file
// has none. Pure. Throws Error{usage} for values that no machine can have.
[[nodiscard]] std::string domain_xml(const Conf& conf, const std::string& path, const Driver& driver,
                                     const HostFacts& host);

// A domain of a libvirt XML file: as it is, with the file's path as attribute ID, and a UUID where it has
// none.
[[nodiscard]] std::string domain_xml(std::string_view xml, const std::string& path, const Driver& driver);

// The same from a file of either kind, told apart by content. The side files of facts beside a `.ctys` file
// (same name with .vmx or .conf, and the folder's own) add keys that it lacks. Errors name the file.
// Refused: a file of somebody else, or one that others can write.
[[nodiscard]] std::string domain_xml_from_file(const std::string& path, const Driver& driver,
                                               const HostFacts& host);
[[nodiscard]] std::string domain_xml_from_file(const std::string& path, const Driver& driver);

// Warns of each value in the file that is passed over, with its place.
void warn_of_bad_values(const std::filesystem::path& path, const Domain& domain, const Call& call);

// Throws Error{refused} when the request means a machine of another UUID than its file describes by now.
void require_same_machine(const Request& request, const Domain& in_file);

// Always the same UUID for the same absolute path.
[[nodiscard]] std::string uuid_of_path(std::string_view path);

// Does the text look like XML, and not like a `.ctys` file?
[[nodiscard]] bool looks_like_xml(std::string_view text) noexcept;

}  // namespace ctys::libvirt
