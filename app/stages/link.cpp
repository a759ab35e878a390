#include "app/stages/link.hpp"

#include <algorithm>
#include <cmath>

#include "solver/coupling/overlap.hpp"

namespace vitral::stages {
namespace {

using coupling::loss_dB;

double in_dB_per_length(double attenuation) { return 10.0 / std::log(10.0) * attenuation; }

/// The lines of one facet.
void add_facet(std::vector<BudgetLine>& budget, const CouplingResult& r, const std::string& way) {
    budget.push_back({way + ", mode mismatch", loss_dB(r.best_efficiency)});
    budget.push_back({way + ", misalignment", loss_dB(r.efficiency / r.best_efficiency)});
    budget.push_back({way + ", reflection", r.facet ? std::optional(loss_dB(r.facet->mean)) : std::nullopt});
}

/// Between the facets. Nothing where the light of another mode was propagated.
bool add_guide(std::vector<BudgetLine>& budget, const CouplingParams& params, const CouplingResult& in,
               const CouplingResult& out, const PropagationResult* propagation) {
    const bool measured = params.measured_loss.has_value();
    const std::optional<double> absorbed = in.absorption && params.length > 0.0
                                               ? std::optional(in_dB_per_length(*in.absorption) * params.length)
                                               : std::nullopt;
    std::optional<double> along;
    if (propagation != nullptr) {
        // With one guide the march's own figure; with several at either end, what arrives in the guide of this port.
        const std::optional<double> passed =
            propagation->of_guide || out.mode_of == "alone" || out.mode_of == "supermodes" ? out.arrived
                                                                                           : propagation->transmission;
        if (!passed || propagation->launched_mode != 0) return false;
        along = loss_dB(*passed) - absorbed.value_or(0.0);
    }
    budget.push_back({"absorption", measured ? std::nullopt : absorbed});
    budget.push_back({"bends and transitions", along});
    budget.push_back(
        {"measured propagation loss",
         measured ? std::optional(in_dB_per_length(*params.measured_loss) * params.length) : std::nullopt});
    return true;
}

std::optional<LinkResult> link_of(const CouplingParams& params, const CouplingResult& in, const CouplingResult& out,
                                  const PropagationResult* propagation) {
    LinkResult link;
    link.guide = in.guide;
    add_facet(link.budget, in, in.kind + " to glass");
    if (!add_guide(link.budget, params, in, out, propagation)) return {};
    add_facet(link.budget, out, "glass to " + out.kind);
    for (const BudgetLine& line : link.budget) link.mode_loss_dB += line.dB.value_or(0.0);
    link.loss_dB = link.mode_loss_dB;
    std::optional<double> beside;
    // The propagated light is scalar: it says nothing of ports that are coupled to other modes.
    const bool same_light = in.mode_of != "modes" && out.mode_of != "modes";
    if (out.received && in.is_launched && same_light) {
        // The whole field has absorbed already what the records know; a measured loss it knows nothing of.
        double extra = 0.0;
        if (params.measured_loss) {
            extra = in_dB_per_length(*params.measured_loss - in.absorption.value_or(0.0)) * params.length;
        }
        link.full_field_loss_dB = loss_dB(*out.received * (1.0 - in.reflection)) + extra;
        link.loss_dB = *link.full_field_loss_dB;
        beside = link.loss_dB - link.mode_loss_dB;
    }
    link.budget.push_back({"other modes and radiation", beside});
    link.budget.push_back({"scattering", {}});
    link.budget.push_back({"leakage to the substrate", {}});
    return link;
}

}  // namespace

std::vector<LinkResult> link_budgets(const CouplingParams& params, const std::vector<CouplingResult>& ports,
                                     const PropagationResult* propagation) {
    std::vector<LinkResult> links;
    const bool is_known = std::any_of(ports.begin(), ports.end(), [](const auto& port) { return port.is_launched; });
    bool is_first = true;
    for (std::size_t i = 0; i < ports.size(); ++i) {
        const CouplingResult& in = ports[i];
        if (in.at != "input") continue;
        // The transmission of an only guide's mode is that of any light; of several guides that of the launched one.
        const bool goes_with = is_known ? in.is_launched : is_first && propagation && !propagation->of_guide;
        for (std::size_t o = 0; o < ports.size(); ++o) {
            const CouplingResult& out = ports[o];
            if (out.at != "output" || (!is_first && (in.guide.empty() || in.guide != out.guide))) continue;
            if (auto link = link_of(params, in, out, goes_with ? propagation : nullptr)) {
                link->input = i, link->output = o;
                link->is_propagated = goes_with && propagation != nullptr;
                links.push_back(std::move(*link));
            }
            break;
        }
        is_first = false;
    }
    return links;
}

}  // namespace vitral::stages
