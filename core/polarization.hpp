#pragma once

namespace vitral {

/// The electric field of light in the section: not told apart (scalar light), along x (parallel to the surface, TE), or
/// along y (normal to the surface, TM).
enum class Polarization { scalar, along_x, along_y };

}  // namespace vitral
