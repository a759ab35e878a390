#pragma once
#include "app/config/diagnostics.hpp"
#include "core/errors.hpp"

/// Reads, and takes either way of refusing as an answer.
template <typename Read>
int read_or_refuse(Read&& read) {
    try {
        read();
    } catch (const vitral::Error&) {
    } catch (const vitral::config::InputError&) {
    }
    return 0;
}
