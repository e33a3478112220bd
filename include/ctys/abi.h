/* ctys/abi.h - the binary contract between ctys and a plugin.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plain C on purpose: nothing of the C++ runtime crosses this line, so the main program and a plugin may be
 * built by different compilers and may carry different copies of libstdc++. Authors of plugins include
 * <ctys/plugin.hpp>.
 *
 * Rules of change: new members are appended to the end of a struct and raise MINOR; anything else raises
 * MAJOR. Every ctys_str is borrowed: valid until the call it was passed to returns. It need not end in NUL.
 * A plugin is loaded by a worker process only, used by one thread, for one action, and never unloaded.
 */
/* NOLINTBEGIN: this file is C */
#ifndef CTYS_ABI_H
#define CTYS_ABI_H

#include <stddef.h>
#include <stdint.h>

#define CTYS_ABI_MAGIC 0x53595443u /* "CTYS" */
#define CTYS_ABI_MAJOR 1u
#define CTYS_ABI_MINOR 0u

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ctys_str {
  const char* ptr;
  size_t len;
} ctys_str;

/* One cell of a record: a number of <ctys/field.hpp> and its text. Readers ignore numbers they do not know.
 */
typedef struct ctys_cell {
  uint32_t field;
  uint32_t reserved;
  ctys_str value;
} ctys_cell;

/* KEY and value, canonical upper case key. A key without value has an empty one. */
typedef struct ctys_pair {
  ctys_str key;
  ctys_str value;
} ctys_pair;

enum {
  CTYS_ASKED_BY_TYPE = 1u << 0 /* the user named this plugin's type; unset: one of all types */
};

typedef struct ctys_request {
  uint32_t size;
  uint32_t flags;
  ctys_str endpoint;        /* one of those that endpoints() told; empty where the plugin has none */
  const ctys_pair* address; /* of the machine: LABEL, NAME, UUID, ID, ... */
  size_t address_count;
  const ctys_pair* options; /* of the action; docs/plugins.md lists them */
  size_t option_count;
  int32_t deadline_ms; /* time left; -1: none */
  int32_t stream;      /* console only: file descriptor of the byte stream, else -1 */
} ctys_request;

typedef struct ctys_call ctys_call; /* opaque: one action on one plugin */

/* What a plugin may ask of ctys while an action runs. */
typedef struct ctys_host {
  uint32_t abi_major, abi_minor, size, reserved;
  /* level: 0 error, 1 warning, 2 info, 3 debug */
  void (*log)(ctys_call*, int32_t level, ctys_str text);
  /* Reports a failure; the action goes on until it returns, so several are possible. */
  void (*fail)(ctys_call*, int32_t exit_code, ctys_str what, ctys_str why, ctys_str fix, ctys_str where);
  /* Hands over one record, which is copied at once. */
  void (*emit)(ctys_call*, const ctys_cell* cells, size_t count);
  /* What is being waited for, for a progress line. Not kept. */
  void (*progress)(ctys_call*, ctys_str text);
} ctys_host;

/* Returns 0, or the exit code of the failure that was reported. */
typedef int32_t (*ctys_action_fn)(void* self, const ctys_request*, ctys_call*);
typedef void (*ctys_endpoint_fn)(void* receiver, ctys_str endpoint);

/* What ctys may ask of a plugin. A null action means "not supported". */
typedef struct ctys_plugin {
  uint32_t magic, abi_major, abi_minor, size;
  ctys_str type;     /* the word after -t, e.g. "QEMU": upper case letters and digits */
  ctys_str category; /* "HOSTs", "VMs" or "PMs" */
  ctys_str version;
  ctys_str summary; /* one line */
  void* (*open)(const ctys_host*, ctys_call*);
  void (*close)(void* self);
  /* Names what is to be asked separately, e.g. two libvirt connections: each gets a worker and a deadline of
   * its own. Null: the plugin is one. Must not block and must not contact a hypervisor. */
  void (*endpoints)(void* self, const ctys_request*, void* receiver, ctys_endpoint_fn);
  ctys_action_fn probe;     /* is it usable here, with what capabilities: one record */
  ctys_action_fn list;      /* sessions, one record each */
  ctys_action_fn enumerate; /* stored machines, one record for each interface */
  ctys_action_fn show;      /* a report about this moment: topic, key, value */
  ctys_action_fn create;    /* starts one machine */
  ctys_action_fn cancel;    /* stops one machine */
  ctys_action_fn attribute; /* reads and writes the attributes of one machine */
  ctys_action_fn console;   /* copies bytes between a machine's console and `stream` until one of them ends */
} ctys_plugin;

/* The only symbol a plugin exports. */
const ctys_plugin* ctys_plugin_entry(void);

#ifdef __cplusplus
}
#endif
#endif
/* NOLINTEND */
