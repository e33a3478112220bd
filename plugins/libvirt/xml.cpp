// Loads XML and resolves the namespaces of its elements.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/xml.hpp"

#include "libvirt/text.hpp"

#include <ctys/error.hpp>

namespace ctys::libvirt {
namespace {

// libvirt's own parser ends here too, so all that it tells is read: each layer of a disk is a level.
constexpr unsigned kDeepest = 256;

// The next node in the order of the text, null behind the last one. Moves `depth` along.
pugi::xml_node next(pugi::xml_node node, unsigned& depth) {
  if (node.first_child()) {
    ++depth;
    return node.first_child();
  }
  while (node && !node.next_sibling()) {
    node = node.parent();
    --depth;
  }
  return node.next_sibling();
}

// Parsing takes no stack, but removing a node and all that is in it takes some for each level.
void require_shallow(const pugi::xml_document& document, std::string_view text) {
  unsigned depth = 0;
  for (pugi::xml_node node = document; node; node = next(node, depth))
    if (depth > kDeepest)
      throw Error(
          Exit::usage,
          "broken XML at " + to_text(position_of(text, static_cast<std::size_t>(node.offset_debug()))),
          "its elements are nested deeper than " + std::to_string(kDeepest) + " levels",
          "is this the file of a machine?");
}

}  // namespace

std::string_view local_name(const pugi::xml_node& node) noexcept {
  const std::string_view name = node.name();
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string_view namespace_of(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const auto colon = name.find(':');
  const std::string attribute =
      colon == std::string_view::npos ? "xmlns" : "xmlns:" + std::string(name.substr(0, colon));
  for (pugi::xml_node at = node; at; at = at.parent())
    if (const auto declared = at.attribute(attribute.c_str())) return declared.value();
  return {};
}

void load_xml(pugi::xml_document& document, std::string_view text) {
  if (const auto bad = first_non_utf8(text))
    throw Error(Exit::usage, "broken XML at " + to_text(position_of(text, *bad)), "it is not UTF-8",
                "save the file as UTF-8");
  const auto result =
      document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  if (result) {
    require_shallow(document, text);
    return;
  }
  throw Error(Exit::usage,
              "broken XML at " + to_text(position_of(text, static_cast<std::size_t>(result.offset))),
              result.description(), "correct it there");
}

}  // namespace ctys::libvirt
