#pragma once
#include <optional>
#include <string>
#include <vector>

#include "app/stages/params.hpp"
#include "core/guided_mode.hpp"
#include "solver/coupling/overlap.hpp"

namespace vitral::stages {

/// A port as light of one wavelength sees it.
struct Port {
    std::string name;
    coupling::PortShape shape;    ///< about its axis, unit power
    std::optional<double> index;  ///< for the facet's reflection; absent: not to be counted
    double radius = 0.0;          ///< 1/e field radius, about [m]
    std::optional<double> mfd, data_sheet_mfd, data_sheet_tolerance;  ///< of a fiber [m]
    std::vector<std::string> placeholders;                            ///< values of the record that are estimates
};

[[nodiscard]] Port make_port(const PortParams& params, double wavelength);

/// The port at its place beside a mode ψ, best where its offset is sought; x counts from the guide's axis. `tail`: of the light
/// (solver/coupling/overlap.hpp).
[[nodiscard]] coupling::Alignment place_port(const GuidedMode& mode, const Port& port, const OffsetParams& offset,
                                             double axis_x, coupling::Tail tail);

[[nodiscard]] Field<Complex> as_complex(const Field<double>& psi);

}  // namespace vitral::stages
