#pragma once
#include "modes/elements/section_modes.hpp"

/// What is found out about a section before it is solved.
namespace vitral::modes {

/// Whether the section is its own image about x = centre (or y = centre), by samples in and about its box.
[[nodiscard]] bool is_mirrored(const Section& section, Direction across, double centre);

/// Smallest and largest real permittivity in the box and close about it, and whether any of it is complex.
struct Contrast {
    double least = 1e300, largest = 0.0;
    bool lossy = false;
};
[[nodiscard]] Contrast contrast_of(const Section& section);

/// The largest effective index of light that runs along a wall: along x at y = `wall`, or along y at x = `wall`; of the bulk at its ends, or
/// of a film that it cuts.
[[nodiscard]] double wall_index(const Section& section, WaveEquation equation, double wavelength, Direction along,
                                double wall);

}  // namespace vitral::modes
