// The attributes of ctys in a domain's <metadata>.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/domain.hpp"
#include "libvirt/metadata_node.hpp"
#include "libvirt/xml.hpp"

#include <algorithm>
#include <sstream>

namespace ctys::libvirt {

std::string Attributes::get(std::string_view key) const {
  for (const auto& [name, value] : pairs)
    if (name == key) return value;
  return {};
}

bool Attributes::has(std::string_view key) const noexcept {
  return std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == key; });
}

void Attributes::set(std::string_view key, std::string value) {
  for (auto& [name, old] : pairs)
    if (name == key) {
      old = std::move(value);
      return;
    }
  pairs.emplace_back(key, std::move(value));
}

bool Attributes::erase(std::string_view key) {
  return std::erase_if(pairs, [&](const auto& pair) { return pair.first == key; }) > 0;
}

Attributes attributes_of(const pugi::xml_node& machine) {
  Attributes attributes;
  for (const auto& node : machine.children()) {
    const std::string_view name = node.attribute("name").value();
    // The first one wins, as in machine files.
    if (local_name(node) == "attribute" && !name.empty() && !attributes.has(name))
      attributes.pairs.emplace_back(name, node.attribute("value").value());
  }
  return attributes;
}

Attributes parse_metadata(std::string_view xml) {
  pugi::xml_document document;
  load_xml(document, xml);
  return attributes_of(document.document_element());
}

void append_attributes(pugi::xml_node machine, const Attributes& attributes) {
  for (const auto& [name, value] : attributes.pairs) {
    auto node = machine.append_child("attribute");
    node.append_attribute("name") = name.c_str();
    node.append_attribute("value") = value.c_str();
  }
}

std::string metadata_xml(const Attributes& attributes) {
  // Without prefix: libvirt puts the element into the namespace itself.
  pugi::xml_document document;
  append_attributes(document.append_child("machine"), attributes);
  std::ostringstream out;
  document.save(out, "  ", pugi::format_indent | pugi::format_no_declaration);
  return out.str();
}

}  // namespace ctys::libvirt
