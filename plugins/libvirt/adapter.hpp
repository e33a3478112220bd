// The part of libvirt's plugins that needs libvirt: libvirt-adapter.so, beside them, one for all drivers.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// To load libvirt with what it needs takes longer than most questions to it. So a plugin is a small front
// that knows its endpoints (front.hpp), and loads this when there is somebody to ask.
#pragma once

#include <ctys/abi.h>

// The actions of the driver of this type; null where there is none. They take what a plugin's take.
extern "C" __attribute__((visibility("default"))) const ctys_plugin* ctys_libvirt_adapter(ctys_str type);
