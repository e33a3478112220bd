// Attributes to and from the XML element that holds them.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/domain.hpp"

#include <pugixml.hpp>

namespace ctys::libvirt {

[[nodiscard]] Attributes attributes_of(const pugi::xml_node& machine);
void append_attributes(pugi::xml_node machine, const Attributes& attributes);

}  // namespace ctys::libvirt
