#pragma once

/// When memory is exhausted the process ends with exit code 5 and one line (with --json one object), at once: unwinding would
/// need memory, and libraries that answer a failed allocation with abort() cannot be unwound. No result is lost by it, since
/// files appear whole or not at all, and the next run sweeps up what was being written.
namespace vitral::commands {

/// To be called before anything is allocated: ends the process, as above, when operator new or FFTW gets no memory.
void end_when_out_of_memory(int argc, char** argv);

/// The answer has been printed: whoever gets no memory from now on, taking apart what is left, ends the process with this code.
void answer_is_out(int code) noexcept;

}  // namespace vitral::commands
