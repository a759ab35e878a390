#pragma once
#include <array>

namespace vitral::exact {

/// Thermal exchange from a surface at C = 1 into a half space is self-similar, C(eta), eta = depth/(2 sqrt(D_A t)).
/// 40-digit Taylor integration; an independent shooting method agrees to 4e-13.
struct SelfSimilar {
    double M;
    double uptake;                 ///< ∫ C deta; the dose per area is 2 sqrt(D_A t) uptake
    std::array<double, 11> c_hat;  ///< at self_similar_eta
};
inline constexpr std::array<double, 11> self_similar_eta = {0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3};
inline constexpr std::array<SelfSimilar, 4> self_similar = {{
    {1,
     0.564189583548,
     {{0.887537083982, 0.723673609832, 0.479500122187, 0.288844366346, 0.157299207050, 0.077099871744, 0.033894853525,
       0.013328328781, 0.004677734981, 0.000406952017, 0.000022090497}}},
    {0.5,
     0.694176714933,
     {{0.928244385714, 0.812806339977, 0.608112912865, 0.409144860383, 0.242988325744, 0.126229268197, 0.057376792532,
       0.022937829431, 0.008107720669, 0.000707870406, 0.000038437691}}},
    {0.02,
     1.328340597148,
     {{0.993931335256, 0.981295643818, 0.945714941506, 0.879571463530, 0.763694699871, 0.585550862286, 0.369748120537,
       0.183678309871, 0.072547558629, 0.006731608760, 0.000367639111}}},
    {2,
     0.446637510100,
     {{0.830128415850, 0.612695412173, 0.350597502517, 0.189232751298, 0.095814395293, 0.044973206992, 0.019320385730,
       0.007514429365, 0.002625100552, 0.000227852872, 0.000012365904}}},
}};

}  // namespace vitral::exact
