#include <algorithm>
#include <cmath>

#include "diffusion/exchange/exchange.hpp"
#include "diffusion/exchange/face_distances.hpp"
#include "diffusion/exchange/remap.hpp"
#include "tests/support/catch.hpp"

using namespace vitral::exchange;

TEST_CASE("a graded mesh has faces on its features, grows smoothly and ends where it should") {
    const CellSize size({-2e-6, 2e-6}, 5e-9, 0.12);
    const auto faces = graded_faces(-30e-6, 30e-6, {-2e-6, 2e-6}, size);
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

TEST_CASE("a limit of the cell size holds in its interval and fades at the growth rate") {
    CellSize size({0.0}, 0.1, 0.1);
    size.limit(-9.0, -7.0, 0.2);
    size.limit(-8.5, -8.0, 0.15);
    size.limit(-8.4, -8.3, 0.9);  // superfluous
    size.settle();
    CHECK(size(-8.2) == Approx(0.15).epsilon(2e-13));
    CHECK(size(-7.1) == Approx(0.2).epsilon(2e-13));
    CHECK(size(-6.0) == Approx(0.3).epsilon(2e-13));
    CHECK(size(-10.0) == Approx(0.3).epsilon(2e-13));
    CHECK(size(-1.0) == Approx(0.2).epsilon(2e-13));
}

TEST_CASE("face distances are the plain ones away from a mask's edge and fitted next to it") {
    const CellSize along_x({-2e-6, 2e-6}, 20e-9, 0.12), along_y({0.0}, 20e-9, 0.12);
    const SectionMesh mesh(graded_faces(-20e-6, 20e-6, {-2e-6, 2e-6}, along_x),
                           graded_faces(-20e-6, 0.0, {0.0}, along_y));
    std::vector<bool> open;
    for (const double x : mesh.x_centers()) open.push_back(std::abs(x) < 2e-6);
    const FaceDistances fitted(mesh, open), plain(mesh, std::vector<bool>(open.size(), false));
    double far = 0.0, near = 0.0;
    for (int iy = 0; iy < mesh.ny(); ++iy)
        for (int ix = 0; ix + 1 < mesh.nx(); ++ix) {
            const std::size_t face = mesh.index(ix, iy);
            const double change = std::abs(fitted.x[face] / plain.x[face] - 1.0);
            const double r = std::hypot(std::abs(mesh.x_faces()[static_cast<std::size_t>(ix) + 1]) - 2e-6,
                                        mesh.y_centers()[static_cast<std::size_t>(iy)]);
            (r > 5e-6 ? far : near) = std::max(r > 5e-6 ? far : near, change);
        }
    CHECK(far < 1e-9);
    CHECK(near > 0.1);
    CHECK(plain.y.back() == Approx(2.0 / mesh.dy(mesh.ny() - 1)).epsilon(2e-13));
    CHECK(plain.bottom[0] == Approx(2.0 / mesh.dy(0)).epsilon(2e-13));
}

TEST_CASE("a profile carried to another mesh and back keeps its integral, its bounds and its shape") {
    // Averages of 1/(1 + exp(x - 20)) on meshes refined around different places, twenty times over.
    const auto integral = [](double x) { return x - std::log1p(std::exp(x - 20.0)); };
    const auto faces_around = [](double centre) {
        return graded_faces(0.0, 60.0, {},
                            [=](double x) { return 0.2 * (1.0 + 0.1 * std::max(0.0, std::abs(x - centre) - 5.0)); });
    };
    std::vector<double> faces = faces_around(20.0), c;
    for (std::size_t i = 0; i + 1 < faces.size(); ++i)
        c.push_back((integral(faces[i + 1]) - integral(faces[i])) / (faces[i + 1] - faces[i]));
    const auto total = [&] {
        double sum = 0.0;
        for (std::size_t i = 0; i < c.size(); ++i) sum += c[i] * (faces[i + 1] - faces[i]);
        return sum;
    };
    const double before = total();
    for (int k = 0; k < 20; ++k) {
        const auto next = faces_around(k % 2 ? 20.0 : 21.3);
        c = remap_lines(faces, {c}, next)[0];
        faces = next;
    }
    CHECK(total() == Approx(before).epsilon(1e-14));
    for (std::size_t i = 0; i < c.size(); ++i) {
        CHECK(c[i] >= 0.0);
        CHECK(c[i] <= 1.0);
        CHECK(c[i] == Approx((integral(faces[i + 1]) - integral(faces[i])) / (faces[i + 1] - faces[i]))
                          .epsilon(0.0)
                          .margin(2e-6));
    }
    // A jump stays within its bounds.
    const std::vector<double> step = remap_lines(std::vector<double>{0, 1, 2, 3, 4, 5, 6}, {{1, 1, 1, 0, 0, 0}},
                                                 std::vector<double>{0, 0.7, 1.9, 2.6, 3.3, 4.1, 5.2, 6})[0];
    for (const double value : step) CHECK((value >= 0.0 && value <= 1.0));
}

TEST_CASE("an average over the section keeps the sum and lowers a wave by 1 + (k l)^2 along either axis") {
    constexpr double length = 60.0, l = 0.7;
    const auto faces = graded_faces(0.0, length, {}, [](double x) { return 0.05 + 0.002 * std::abs(x - 20.0); });
    std::vector<double> depths;
    for (const double x : faces) depths.insert(depths.begin(), -x);
    const SectionMesh mesh(faces, depths);
    const double kx = 12.0 * 3.141592653589793 / length, ky = 0.5 * kx;
    std::vector<double> e(mesh.size());
    const auto wave = [&](std::size_t i) {
        const auto nx = static_cast<std::size_t>(mesh.nx());
        return std::cos(kx * mesh.x_centers()[i % nx]) * std::cos(ky * mesh.y_centers()[i / nx]);
    };
    double before = 0.0, after = 0.0;
    const auto area = [&](std::size_t i) {
        return mesh.area(static_cast<int>(i) % mesh.nx(), static_cast<int>(i) / mesh.nx());
    };
    for (std::size_t i = 0; i < e.size(); ++i) before += area(i) * (e[i] = 0.3 + wave(i));
    SectionAverage(mesh, l).apply(e);
    for (std::size_t i = 0; i < e.size(); ++i) after += area(i) * e[i];
    CHECK(after == Approx(before).epsilon(1e-13));
    const double lowered = 1.0 / ((1.0 + kx * kx * l * l) * (1.0 + ky * ky * l * l));
    double worst = 0.0;
    for (std::size_t i = 0; i < e.size(); ++i) worst = std::max(worst, std::abs(e[i] - 0.3 - lowered * wave(i)));
    CHECK(worst < 1e-4);
}

TEST_CASE("a schedule is linear between its points and constant beyond them") {
    const vitral::Schedule s({{10.0, 1.0}, {20.0, 3.0}});
    CHECK(s(0.0) == 1.0);
    CHECK(s(15.0) == Approx(2.0).epsilon(2e-13));
    CHECK(s(99.0) == 3.0);
    CHECK(s.largest() == 3.0);
    CHECK(vitral::Schedule(7.0)(123.0) == 7.0);
    CHECK_FALSE(vitral::Schedule().is_set());
}

TEST_CASE("a mask is mirror-symmetric when every opening has its image") {
    CHECK(is_mirror_symmetric({{0.0, 3e-6}}));
    CHECK(is_mirror_symmetric({{-5e-6, 3e-6}, {5e-6, 3e-6}}));
    CHECK_FALSE(is_mirror_symmetric({{1e-6, 3e-6}}));
    CHECK_FALSE(is_mirror_symmetric({{-5e-6, 3e-6}, {5e-6, 4e-6}}));
}
