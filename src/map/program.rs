//! The one WebGL2 program: every mark is a point, its shape a distance function.
//!
//! Positions are fixed-point, and the camera's centre is subtracted from them as integers, which is exact at every
//! zoom and wraps across the antimeridian. Which shape is drawn is a table (see `shapes`), not a branch: software GL
//! would run every branch for every pixel. Plain uniforms only, no vertex array objects: the context has one user.

use web_sys::{WebGl2RenderingContext as Gl, WebGlProgram, WebGlShader, WebGlUniformLocation};

use crate::geo::World;
use crate::map::shapes::{self, KINDS, Shape};
use crate::map::slots::ALARM;
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
    Marks,
    /// The same as dots of 4 px, when there are too many for shapes.
    Dots,
    Badges,
    /// A triangle, then the two parts of its exclamation mark.
    Alarms,
    AlarmBars,
    AlarmDots,
    /// The ring around the selected device, then its mark once more.
    Ring,
    Selected,
}

impl Pass {
    /// The kind of shape is the first number, plus the second times the mark's shape, plus the third times its badge.
    fn kind(self) -> [i32; 3] {
        match self {
            Self::Marks | Self::Alarms | Self::Selected => [0, 1, 0],
            Self::Dots => [shapes::DOTS, 1, 0],
            Self::Badges => [shapes::BADGES, 0, 1],
            Self::AlarmBars => [shapes::ALARM_BAR, 0, 0],
            Self::AlarmDots => [shapes::ALARM_DOT, 0, 0],
            Self::Ring => [shapes::RING, 0, 0],
        }
    }

    /// A mark of this shape is left out, besides those that are nothing.
    fn left_out(self) -> i32 {
        match self {
            Self::Marks | Self::Dots => ALARM.into(),
            _ => 0,
        }
    }

    /// From the position to the middle of the shape, in px to the right and down.
    fn offset(self) -> [f32; 2] {
        match self {
            Self::Badges => [8.0, -7.0],
            Self::AlarmBars => [0.0, -1.0],
            Self::AlarmDots => [0.0, 3.6],
            _ => [0.0, 0.0],
        }
    }
}

const VERTEX: &str = r"#version 300 es
precision highp float;
layout(location = 0) in uvec2 a_position;
layout(location = 1) in uvec4 a_mark;
uniform uvec2 u_centre;
uniform float u_scale;
uniform vec2 u_shift;
uniform vec2 u_half;
uniform float u_ratio;
uniform ivec3 u_kind;
uniform int u_left_out;
uniform vec4 u_first[16];
uniform vec4 u_second[16];
uniform vec4 u_round[16];
uniform vec3 u_colour[16];
flat out vec2 v_ahead;
flat out vec4 v_first;
flat out vec4 v_second;
flat out vec4 v_round;
flat out vec3 v_colour;

void main() {
  int shape = int(a_mark.x);
  int kind = clamp(u_kind.x + u_kind.y * shape + u_kind.z * int(a_mark.z), 0, 15);
  v_first = u_first[kind];
  v_second = u_second[kind];
  v_round = u_round[kind];
  v_colour = u_colour[kind];
  float heading = float(a_mark.y) * (6.28318530718 / 256.0);
  bool turned = shape == 1 && u_kind.y == 1;
  v_ahead = turned ? vec2(sin(heading), -cos(heading)) : vec2(0.0, -1.0);
  float east = float(int(a_position.x - u_centre.x));
  float south = a_position.y >= u_centre.y
    ? float(a_position.y - u_centre.y)
    : -float(u_centre.y - a_position.y);
  vec2 at = (vec2(east, south) * u_scale + u_shift) / u_half;
  bool drawn = shape != 0 && shape != u_left_out;
  gl_Position = drawn ? vec4(at.x, -at.y, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
  gl_PointSize = v_round.w * u_ratio;
}";

/// Distances are in px, negative inside; y points down. The colour that leaves is premultiplied.
const FRAGMENT: &str = r"#version 300 es
precision highp float;
uniform float u_ratio;
uniform vec3 u_halo;
flat in vec2 v_ahead;
flat in vec4 v_first;
flat in vec4 v_second;
flat in vec4 v_round;
flat in vec3 v_colour;
out vec4 o_colour;

float cover(float d) { return clamp(0.5 - d * u_ratio, 0.0, 1.0); }

void main() {
  vec2 p = (gl_PointCoord - 0.5) * v_round.w;
  vec4 q;
  q.x = abs(p.x * v_ahead.y - p.y * v_ahead.x);
  q.y = dot(p, v_ahead);
  q.z = abs(q.y);
  q.w = abs(q.x - q.z);
  float planes = max(dot(q, v_first) - v_second.z, dot(q.xy, v_second.xy) - v_second.w);
  float d = max(planes, length(p) - v_round.x);
  float ink = cover(d) - cover(d + v_round.y);
  o_colour = vec4(mix(u_halo, v_colour, ink), 1.0) * cover(d - v_round.z);
}";

pub(crate) struct Program {
    gl: Gl,
    centre: Option<WebGlUniformLocation>,
    scale: Option<WebGlUniformLocation>,
    shift: Option<WebGlUniformLocation>,
    kind: Option<WebGlUniformLocation>,
    left_out: Option<WebGlUniformLocation>,
    half: Option<WebGlUniformLocation>,
    ratio: Option<WebGlUniformLocation>,
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
            kind: uniform("u_kind"),
            left_out: uniform("u_left_out"),
            program,
        })
    }

    pub(crate) fn set_palette(&self, palette: &Palette) {
        let kinds = shapes::kinds(palette);
        let second = |shape: &Shape| {
            let ([x, y], [first, second]) = (shape.second, shape.limits);
            [x, y, first, second]
        };
        // The last number is the size of the point: one px more, for the soft edge.
        let round = |shape: &Shape| {
            let size = 2.0 * (shape.radius + shape.halo) + 1.0;
            [shape.radius, shape.hollow, shape.halo, size]
        };
        let gl = &self.gl;
        let location = |name| gl.get_uniform_location(&self.program, name);
        let set = |name, numbers: [[f32; 4]; KINDS]| {
            gl.uniform4fv_with_f32_array(location(name).as_ref(), numbers.as_flattened());
        };
        set("u_first", kinds.map(|shape| shape.first));
        set("u_second", kinds.each_ref().map(second));
        set("u_round", kinds.each_ref().map(round));
        let colours = kinds.map(|shape| shape.colour.rgb());
        gl.uniform3fv_with_f32_array(location("u_colour").as_ref(), colours.as_flattened());
        gl.uniform3fv_with_f32_array(location("u_halo").as_ref(), &palette.halo.rgb());
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

    /// `shift` moves to another copy of the world, `ratio` is device px per CSS px; both as in the projection.
    pub(crate) fn begin(&self, pass: Pass, shift: f32, ratio: f32) {
        let ([base, by_shape, by_badge], [x, y]) = (pass.kind(), pass.offset());
        self.gl
            .uniform3i(self.kind.as_ref(), base, by_shape, by_badge);
        self.gl.uniform1i(self.left_out.as_ref(), pass.left_out());
        self.gl
            .uniform2f(self.shift.as_ref(), shift + x * ratio, y * ratio);
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
