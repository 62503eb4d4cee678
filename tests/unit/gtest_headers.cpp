// SPDX-License-Identifier: MIT
// Nothing: a precompiled header has to belong to a target, and a target to have a source.
