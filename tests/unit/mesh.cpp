#include <algorithm>
#include <cmath>

#include "diffusion/exchange/exchange.hpp"
#include "tests/support/catch.hpp"

using namespace vitral::exchange;

TEST_CASE("a graded mesh has faces on its features, grows smoothly and ends where it should") {
    const Grading grading{5e-9, 0.12, 0.25e-6, 15e-6};
    const auto faces = graded_faces(-30e-6, 30e-6, {-2e-6, 2e-6}, grading);
    CHECK(faces.front() == -30e-6);
    CHECK(faces.back() == 30e-6);
    CHECK(std::is_sorted(faces.begin(), faces.end()));
    for (const double feature : {-2e-6, 2e-6}) CHECK(std::count(faces.begin(), faces.end(), feature) == 1);
    double largest_ratio = 1.0, finest = 1.0;
    for (std::size_t i = 1; i + 1 < faces.size(); ++i) {
        const double a = faces[i] - faces[i - 1], b = faces[i + 1] - faces[i];
        largest_ratio = std::max({largest_ratio, a / b, b / a});
        finest = std::min({finest, a, b});
    }
    CHECK(largest_ratio < 1.35);
    CHECK(finest < 6e-9);
    CHECK(finest > 3e-9);
}

TEST_CASE("face distances are the plain ones away from a mask's edge and fitted next to it") {
    const SectionMesh mesh(graded_faces(-20e-6, 20e-6, {-2e-6, 2e-6}, {20e-9, 0.12, 0.5e-6, 15e-6}),
                           graded_faces(-20e-6, 0.0, {0.0}, {20e-9, 0.12, 0.5e-6, 15e-6}));
    std::vector<SurfaceCell> surface;
    for (const double x : mesh.x_centers()) surface.push_back({std::abs(x) < 2e-6, 1.0});
    const FaceDistances fitted(mesh, surface), plain(mesh, std::vector<SurfaceCell>(surface.size()));
    double far = 0.0, near = 0.0;
    for (int iy = 0; iy < mesh.ny(); ++iy)
        for (int ix = 1; ix < mesh.nx(); ++ix) {
            const auto face = static_cast<std::size_t>(iy * (mesh.nx() + 1) + ix);
            const double change = std::abs(fitted.x[face] / plain.x[face] - 1.0);
            const double r = std::hypot(std::abs(mesh.x_faces()[static_cast<std::size_t>(ix)]) - 2e-6,
                                        mesh.y_centers()[static_cast<std::size_t>(iy)]);
            (r > 5e-6 ? far : near) = std::max(r > 5e-6 ? far : near, change);
        }
    CHECK(far < 1e-6);
    CHECK(near > 0.1);
}

TEST_CASE("a mask is mirror-symmetric when every opening has its image") {
    CHECK(is_mirror_symmetric({{0.0, 3e-6}}));
    CHECK(is_mirror_symmetric({{-5e-6, 3e-6}, {5e-6, 3e-6}}));
    CHECK_FALSE(is_mirror_symmetric({{1e-6, 3e-6}}));
    CHECK_FALSE(is_mirror_symmetric({{-5e-6, 3e-6}, {5e-6, 4e-6}}));
}
