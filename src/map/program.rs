//! The one WebGL2 program: every mark is a point, its shape a distance function.
//!
//! Positions are fixed-point, and the camera's centre is subtracted from them as integers, which is exact at every
//! zoom and wraps across the antimeridian. The vertex shader writes each shape down as two half-planes and a circle,
//! so that the fragment shader, which runs a thousand times as often, has one short path without branches.
//! Plain uniforms only, no vertex array objects: the context has one user.

use web_sys::{WebGl2RenderingContext as Gl, WebGlProgram, WebGlShader, WebGlUniformLocation};

use crate::geo::World;
use crate::map::tokens::Palette;

/// Points reach this far from their position, in px: the viewport is larger than the canvas by as much,
/// because a point whose middle lies outside of it is not drawn at all.
pub(crate) const MARGIN: f32 = 20.0;

pub(crate) const POSITION: u32 = 0;
pub(crate) const MARK: u32 = 1;

/// What one draw call draws, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// Every mark but alarms.
    Marks = 0,
    /// The same as dots of 4 px, when there are too many for shapes.
    Dots = 1,
    Badges = 2,
    /// A triangle, then the two parts of its exclamation mark.
    Alarms = 3,
    AlarmBars = 4,
    AlarmDots = 5,
    /// The ring around the selected device, then its mark once more.
    Ring = 6,
    Selected = 7,
}

const VERTEX: &str = r"#version 300 es
precision highp float;
layout(location = 0) in uvec2 a_position;
layout(location = 1) in uvec4 a_mark;
uniform uvec2 u_centre;
uniform float u_scale;
uniform float u_shift;
uniform vec2 u_half;
uniform float u_ratio;
uniform int u_pass;
uniform vec3 u_device, u_stale, u_bad, u_sun, u_accent, u_halo;
flat out vec2 v_ahead;
flat out vec4 v_first;
flat out vec2 v_second;
flat out vec4 v_limits;
flat out vec3 v_colour;
flat out vec2 v_ground;

// Distances in px. A shape is where dot(q, first) < limits.x, dot(q.xy, second) < limits.y and the distance from
// the middle < limits.z, with q = (aside, ahead, |ahead|, the smaller of aside and |ahead|). Inside of limits.w it
// is hollow.
void circle(float radius) { v_limits.z = radius; }

void arrow(float heading) {
  v_ahead = vec2(sin(heading), -cos(heading));
  v_first = vec4(0.931, 0.366, 0.0, 0.0);
  v_second = vec2(-0.476, -0.879);
  v_limits.xyz = vec3(2.635, 2.549, 7.6);
}

void cross_shape() {
  v_ahead = vec2(0.7071);
  v_first = vec4(0.0, 0.0, 0.0, 1.0);
  v_limits.xz = vec2(1.0, 6.0);
}

void triangle() {
  v_first = vec4(0.852, 0.524, 0.0, 0.0);
  v_second = vec2(0.0, -1.0);
  v_limits.xyz = vec3(3.98, 5.6, 9.2);
}

void diamond() {
  v_first = vec4(0.7071, 0.0, 0.7071, 0.0);
  v_limits.xz = vec2(3.0, 5.0);
}

void bar() {
  v_first = vec4(1.0, 0.0, 0.0, 0.0);
  v_limits.xz = vec2(0.9, 2.6);
}

void main() {
  int shape = int(a_mark.x);
  int badge = int(a_mark.z);
  float heading = float(a_mark.y) * (6.28318530718 / 256.0);
  bool drawn = shape != 0;
  vec2 offset = vec2(0.0);
  v_ahead = vec2(0.0, -1.0);
  v_first = vec4(0.0);
  v_second = vec2(0.0);
  v_limits = vec4(99.0);
  v_colour = shape <= 2 ? u_device : shape == 5 ? u_bad : u_stale;
  float halo = 1.4;
  if (u_pass == 1) {
    drawn = drawn && shape != 5;
    circle(2.0);
    halo = 0.0;
  } else if (u_pass == 2) {
    offset = vec2(8.0, -7.0);
    diamond();
    v_limits.w = badge == 1 ? 1.4 : 99.0;
    v_colour = u_sun;
    halo = 1.0;
  } else if (u_pass == 4 || u_pass == 5) {
    offset = vec2(0.0, u_pass == 4 ? -1.0 : 3.6);
    if (u_pass == 4) bar(); else circle(1.0);
    v_colour = u_halo;
    halo = 0.0;
  } else if (u_pass == 6) {
    circle(15.0);
    v_limits.w = 2.4;
    v_colour = u_accent;
  } else {
    drawn = drawn && (u_pass != 0 || shape != 5);
    if (shape == 1) arrow(heading);
    else if (shape == 4) cross_shape();
    else if (shape == 5) triangle();
    else circle(4.3);
    v_limits.w = shape == 3 ? 1.4 : 99.0;
  }
  float east = float(int(a_position.x - u_centre.x));
  float south = a_position.y >= u_centre.y
    ? float(a_position.y - u_centre.y)
    : -float(u_centre.y - a_position.y);
  vec2 at = (vec2(east, south) * u_scale + offset * u_ratio + vec2(u_shift, 0.0)) / u_half;
  gl_Position = drawn ? vec4(at.x, -at.y, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  float size = 2.0 * (v_limits.z + halo) + 1.0;
  gl_PointSize = size * u_ratio;
  v_ground = vec2(size, halo);
}";

/// Distances are in px, negative inside; y points down. The colour that leaves is premultiplied.
const FRAGMENT: &str = r"#version 300 es
precision highp float;
uniform float u_ratio;
uniform vec3 u_halo;
flat in vec2 v_ahead;
flat in vec4 v_first;
flat in vec2 v_second;
flat in vec4 v_limits;
flat in vec3 v_colour;
flat in vec2 v_ground;
out vec4 o_colour;

float cover(float d) { return clamp(0.5 - d * u_ratio, 0.0, 1.0); }

void main() {
  vec2 p = (gl_PointCoord - 0.5) * v_ground.x;
  vec4 q;
  q.x = abs(p.x * v_ahead.y - p.y * v_ahead.x);
  q.y = dot(p, v_ahead);
  q.z = abs(q.y);
  q.w = min(q.x, q.z);
  float planes = max(dot(q, v_first) - v_limits.x, dot(q.xy, v_second) - v_limits.y);
  float d = max(planes, length(p) - v_limits.z);
  float ink = cover(d) - cover(d + v_limits.w);
  o_colour = vec4(mix(u_halo, v_colour, ink), 1.0) * cover(d - v_ground.y);
}";

pub(crate) struct Program {
    gl: Gl,
    centre: Option<WebGlUniformLocation>,
    scale: Option<WebGlUniformLocation>,
    shift: Option<WebGlUniformLocation>,
    half: Option<WebGlUniformLocation>,
    ratio: Option<WebGlUniformLocation>,
    pass: Option<WebGlUniformLocation>,
    program: WebGlProgram,
}

/// From the world to the canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Projection {
    pub(crate) centre: World,
    /// Device px of one unit of the world.
    pub(crate) scale: f32,
    /// Half of the viewport in device px, margin included.
    pub(crate) half: [f32; 2],
    /// Device px of one CSS px.
    pub(crate) ratio: f32,
}

impl Program {
    /// Compiles, links and stays in use. The error is the driver's own words.
    pub(crate) fn new(gl: &Gl) -> Result<Self, String> {
        let program = gl.create_program().ok_or("no program")?;
        for (kind, source) in [(Gl::VERTEX_SHADER, VERTEX), (Gl::FRAGMENT_SHADER, FRAGMENT)] {
            gl.attach_shader(&program, &compiled(gl, kind, source)?);
        }
        gl.link_program(&program);
        if gl.get_program_parameter(&program, Gl::LINK_STATUS) != true {
            return Err(gl.get_program_info_log(&program).unwrap_or_default());
        }
        gl.use_program(Some(&program));
        gl.enable(Gl::BLEND);
        gl.blend_func(Gl::ONE, Gl::ONE_MINUS_SRC_ALPHA);
        let uniform = |name| gl.get_uniform_location(&program, name);
        Ok(Self {
            gl: gl.clone(),
            centre: uniform("u_centre"),
            scale: uniform("u_scale"),
            shift: uniform("u_shift"),
            half: uniform("u_half"),
            ratio: uniform("u_ratio"),
            pass: uniform("u_pass"),
            program,
        })
    }

    pub(crate) fn set_palette(&self, palette: &Palette) {
        for (name, colour) in [
            ("u_device", palette.device),
            ("u_stale", palette.stale),
            ("u_bad", palette.bad),
            ("u_sun", palette.sun),
            ("u_accent", palette.accent),
            ("u_halo", palette.halo),
        ] {
            let location = self.gl.get_uniform_location(&self.program, name);
            self.gl
                .uniform3fv_with_f32_array(location.as_ref(), &colour.rgb());
        }
    }

    pub(crate) fn set_projection(&self, projection: Projection) {
        let Projection {
            centre,
            scale,
            half: [half_width, half_height],
            ratio,
        } = projection;
        self.gl.uniform2ui(self.centre.as_ref(), centre.x, centre.y);
        self.gl.uniform1f(self.scale.as_ref(), scale);
        self.gl
            .uniform2f(self.half.as_ref(), half_width, half_height);
        self.gl.uniform1f(self.ratio.as_ref(), ratio);
    }

    /// `shift` moves to another copy of the world, in device px to the right.
    pub(crate) fn begin(&self, pass: Pass, shift: f32) {
        self.gl.uniform1i(self.pass.as_ref(), pass as i32);
        self.gl.uniform1f(self.shift.as_ref(), shift);
    }
}

fn compiled(gl: &Gl, kind: u32, source: &str) -> Result<WebGlShader, String> {
    let shader = gl.create_shader(kind).ok_or("no shader")?;
    gl.shader_source(&shader, source);
    gl.compile_shader(&shader);
    if gl.get_shader_parameter(&shader, Gl::COMPILE_STATUS) != true {
        return Err(gl.get_shader_info_log(&shader).unwrap_or_default());
    }
    Ok(shader)
}
