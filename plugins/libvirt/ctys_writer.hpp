// The domain of a `.ctys` file in the making: what the writers of its parts share.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/ctys_file.hpp"
#include "libvirt/keys.hpp"
#include "libvirt/text.hpp"

#include <pugixml.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace ctys::libvirt {

// Variables with the defaults of the original.
class Settings {
 public:
  Settings(const Conf& conf, const std::string& path)
      : conf_(conf), folder_(std::filesystem::path(path).parent_path()) {}

  [[nodiscard]] std::string get(std::string_view name, std::string_view fallback = {}) const {
    std::string value(trim(conf_.variables.get(name)));
    return value.empty() ? std::string(fallback) : value;
  }
  [[nodiscard]] std::string key_or_variable(std::string_view name) const {
    std::string value = conf_.keys.get(name);
    return value.empty() ? get(name) : value;
  }
  [[nodiscard]] std::uint64_t count(std::string_view name, std::uint64_t fallback, std::uint64_t most) const {
    const std::string text = get(name);
    if (text.empty()) return fallback;
    const auto value = number(text);
    if (!value || *value == 0 || *value > most)
      throw Error(Exit::usage, "bad value of " + std::string(name),
                  "'" + text + "' is no number from 1 to " + std::to_string(most));
    return *value;
  }
  // Absolute path of a medium; relative ones are meant from the file's folder.
  [[nodiscard]] std::string file(std::string_view name) const {
    const std::string value = get(name);
    return value.empty() ? value : (folder_ / value).lexically_normal().string();
  }

 private:
  const Conf& conf_;
  std::filesystem::path folder_;
};

struct Writer {
  const Conf& conf;
  const Driver& driver;
  const HostFacts& host;
  Settings settings;
  Attributes attributes;
  std::string arch;
  bool is_x86 = true;
  bool kvm = false;
  pugi::xml_document document{};
  pugi::xml_node root{};
  pugi::xml_node devices{};
  pugi::xml_node commandline{};
};

inline pugi::xml_node add(pugi::xml_node parent, const char* name, const std::string& text = {}) {
  auto node = parent.append_child(name);
  if (!text.empty()) node.text().set(text.c_str());
  return node;
}

inline void set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name) = value.c_str();
}

// Is a CD what the machine boots from by default?
[[nodiscard]] bool boots_from_cd(const Settings& settings);

// The parts of <devices>.
void write_disks(Writer& out);
void write_interfaces(Writer& out);
void write_display(Writer& out);
void write_guest_devices(Writer& out);
// What the file adds to the hypervisor's own command line.
void write_arguments(Writer& out);

}  // namespace ctys::libvirt
