#pragma once
#include <memory>

#include "app/stages/params.hpp"

namespace vitral::stages {

/// The spacing where nothing better is known [m].
inline constexpr double usual_resolution = 0.25e-6;

/// Settles the spacing of the light's grid where the config leaves it open: the coarsest of 1 µm, 0.71 µm, 0.5 µm, ... 0.0625 µm on
/// which the scalar modes have converged, at the input, half way and at the output, and those of launched and watched formulas.
/// Between one spacing and the next finer one, no n_eff may move by more than 1e-6, that of the fundamental mode by no more
/// than 3e-4 of its distance to the index beside the guide, and no two modes by more than 1e-3 of a radian against each other
/// along the guide (a coupler's beat). The difference is about the coarser one's error, since transforms converge fast on smooth
/// sections. Below 0.25 µm it goes on only while each spacing halves what the one before left, so not at steps of the index, and
/// not where there is a process, whose run was planned with 0.25 µm; a warning then says how far n_eff moved last. No guide that
/// 0.25 µm shows may fall between the points, and the light of ports, the slopes and the layers at the edges have to fit on the
/// grid. Finite differences, slabs, drawn boxes, fields from files and sections of more than 300 000 points take 0.25 µm.
/// `process`: of an exchanged section; without it such a section stays open.
void settle_resolution(RunParams& params, const std::shared_ptr<const exchange::Exchange>& process,
                       std::vector<std::string>& warnings);
/// Uses this spacing [m].
void use_resolution(RunParams& params, double h);

}  // namespace vitral::stages
