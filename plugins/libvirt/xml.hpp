// What pugixml lacks for libvirt's XML: namespaces, names without prefix, errors with a position.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <pugixml.hpp>

#include <string>
#include <string_view>

namespace ctys::libvirt {

// The name without its prefix.
[[nodiscard]] std::string_view local_name(const pugi::xml_node& node) noexcept;
// The URI of the node's namespace; empty: none.
[[nodiscard]] std::string_view namespace_of(const pugi::xml_node& node);
// Throws Error{usage}: "broken XML" with line and column, also for what is nested too deep to be handled
// safely.
void load_xml(pugi::xml_document& document, std::string_view text);

}  // namespace ctys::libvirt
