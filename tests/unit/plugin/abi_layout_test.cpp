// The layout of the plugin interface, member by member: a change here breaks every plugin that is already
// built.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <ctys/abi.h>

#include <catch2/catch.hpp>

#include <cstddef>
#include <type_traits>

static_assert(sizeof(void*) == 8, "the numbers below are those of 64-bit machines");

static_assert(CTYS_ABI_MAGIC == 0x53595443U);
static_assert(CTYS_ABI_MAJOR == 1);

static_assert(std::is_standard_layout_v<ctys_str> && std::is_trivial_v<ctys_str>);
static_assert(sizeof(ctys_str) == 16);
static_assert(offsetof(ctys_str, ptr) == 0);
static_assert(offsetof(ctys_str, len) == 8);

static_assert(sizeof(ctys_cell) == 24);
static_assert(offsetof(ctys_cell, field) == 0);
static_assert(offsetof(ctys_cell, reserved) == 4);
static_assert(offsetof(ctys_cell, value) == 8);

static_assert(sizeof(ctys_pair) == 32);
static_assert(offsetof(ctys_pair, key) == 0);
static_assert(offsetof(ctys_pair, value) == 16);

static_assert(CTYS_ASKED_BY_TYPE == 1);

static_assert(std::is_standard_layout_v<ctys_request> && std::is_trivial_v<ctys_request>);
static_assert(offsetof(ctys_request, size) == 0);
static_assert(offsetof(ctys_request, flags) == 4);
static_assert(offsetof(ctys_request, endpoint) == 8);
static_assert(offsetof(ctys_request, address) == 24);
static_assert(offsetof(ctys_request, address_count) == 32);
static_assert(offsetof(ctys_request, options) == 40);
static_assert(offsetof(ctys_request, option_count) == 48);
static_assert(offsetof(ctys_request, deadline_ms) == 56);
static_assert(offsetof(ctys_request, stream) == 60);
static_assert(sizeof(ctys_request) >= 64);

static_assert(std::is_standard_layout_v<ctys_host> && std::is_trivial_v<ctys_host>);
static_assert(offsetof(ctys_host, abi_major) == 0);
static_assert(offsetof(ctys_host, abi_minor) == 4);
static_assert(offsetof(ctys_host, size) == 8);
static_assert(offsetof(ctys_host, reserved) == 12);
static_assert(offsetof(ctys_host, log) == 16);
static_assert(offsetof(ctys_host, fail) == 24);
static_assert(offsetof(ctys_host, emit) == 32);
static_assert(offsetof(ctys_host, progress) == 40);
static_assert(sizeof(ctys_host) >= 48);

static_assert(std::is_standard_layout_v<ctys_plugin> && std::is_trivial_v<ctys_plugin>);
static_assert(offsetof(ctys_plugin, magic) == 0);
static_assert(offsetof(ctys_plugin, abi_major) == 4);
static_assert(offsetof(ctys_plugin, abi_minor) == 8);
static_assert(offsetof(ctys_plugin, size) == 12);
static_assert(offsetof(ctys_plugin, type) == 16);
static_assert(offsetof(ctys_plugin, category) == 32);
static_assert(offsetof(ctys_plugin, version) == 48);
static_assert(offsetof(ctys_plugin, summary) == 64);
static_assert(offsetof(ctys_plugin, open) == 80);
static_assert(offsetof(ctys_plugin, close) == 88);
static_assert(offsetof(ctys_plugin, endpoints) == 96);
static_assert(offsetof(ctys_plugin, probe) == 104);
static_assert(offsetof(ctys_plugin, list) == 112);
static_assert(offsetof(ctys_plugin, enumerate) == 120);
static_assert(offsetof(ctys_plugin, show) == 128);
static_assert(offsetof(ctys_plugin, create) == 136);
static_assert(offsetof(ctys_plugin, cancel) == 144);
static_assert(offsetof(ctys_plugin, attribute) == 152);
static_assert(offsetof(ctys_plugin, console) == 160);
static_assert(offsetof(ctys_plugin, transport) == 168);
static_assert(sizeof(ctys_plugin) >= 176);

static_assert(CTYS_MAY_ASK == 1 && CTYS_MAY_COPY == 2 && CTYS_TIME_RUNS == 4);
static_assert(std::is_standard_layout_v<ctys_link> && std::is_trivial_v<ctys_link>);
static_assert(offsetof(ctys_link, host) == 0);
static_assert(offsetof(ctys_link, user) == 16);
static_assert(offsetof(ctys_link, port) == 32);
static_assert(offsetof(ctys_link, deadline_ms) == 36);
static_assert(offsetof(ctys_link, stream) == 40);
static_assert(offsetof(ctys_link, reserved) == 44);
static_assert(sizeof(ctys_link) == 48, "links stand in an array: they never grow");

static_assert(std::is_standard_layout_v<ctys_transport> && std::is_trivial_v<ctys_transport>);
static_assert(offsetof(ctys_transport, size) == 0);
static_assert(offsetof(ctys_transport, flags) == 4);
static_assert(offsetof(ctys_transport, links) == 8);
static_assert(offsetof(ctys_transport, link_count) == 16);
static_assert(offsetof(ctys_transport, via) == 24);
static_assert(offsetof(ctys_transport, via_count) == 32);
static_assert(offsetof(ctys_transport, config) == 40);
static_assert(offsetof(ctys_transport, command) == 56);
static_assert(offsetof(ctys_transport, ready) == 72);
static_assert(offsetof(ctys_transport, absent) == 88);
static_assert(offsetof(ctys_transport, install) == 104);
static_assert(offsetof(ctys_transport, fanout) == 120);
static_assert(offsetof(ctys_transport, bundle) == 128);
static_assert(offsetof(ctys_transport, closed) == 136);
static_assert(offsetof(ctys_transport, asking) == 144);
static_assert(offsetof(ctys_transport, reached) == 152);
static_assert(offsetof(ctys_transport, rests_on) == 160);
static_assert(offsetof(ctys_transport, leads_to) == 168);
static_assert(sizeof(ctys_transport) >= 176);
static_assert(CTYS_REACHED_NAME == 1 && CTYS_REACHED_PORT == 2 && CTYS_REACHED_HOST_KEY == 3 &&
              CTYS_REACHED_LOGIN == 4 && CTYS_REACHED_COMMAND == 5);

TEST_CASE("the entry point has the type that plugins were built with") {
  STATIC_REQUIRE(std::is_same_v<decltype(&ctys_plugin_entry), const ctys_plugin* (*)()>);
  STATIC_REQUIRE(std::is_same_v<ctys_action_fn, int32_t (*)(void*, const ctys_request*, ctys_call*)>);
}
