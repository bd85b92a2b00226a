// Dumps of sound cards for tests, in the forms that Linux and alsa-utils print: /proc/asound/cards,
// /proc/asound/card*/stream0 (sound/usb/proc.c), `aplay --dump-hw-params`, `amixer contents`.

/** The sections of a dump, each with its lines. */
export type Sections = Record<string, string>

/** An interface on USB, of USB 2, that no file of soundcards/ names. */
export const usbCard: Sections = {
  system: 'Linux 6.12.47+rpt-rpi-v8 aarch64\nRaspberry Pi 4 Model B Rev 1.5',
  card: ` 1 [X8             ]: USB-Audio - Example X8
                      Maker Example X8 at usb-0000:01:00.0-1.3, high speed`,
  module: 'snd_usb_audio',
  device: '1-1.3:1.0',
  usb: 'fff0:0008',
  names: 'manufacturer: Maker\nproduct: Example X8\nspeed: 480',
  hat: '',
  overlays: 'dtparam=audio=on\ndtoverlay=vc4-kms-v3d',
  compatible: '',
  stream: `Maker Example X8 at usb-0000:01:00.0-1.3, high speed : USB Audio

Playback:
  Status: Stop
  Interface 1
    Altset 1
    Format: S32_LE
    Channels: 8
    Endpoint: 0x01 (1 OUT) (ASYNC)
    Rates: 44100, 48000
    Data packet interval: 125 us
    Bits: 24
    Channel map: FL FR FC LFE RL RR FLC FRC
    Sync Endpoint: 0x81 (1 IN)
    Sync EP Interface: 2
    Sync EP Altset: 1
    Implicit Feedback Mode: Yes
  Interface 1
    Altset 2
    Format: S32_LE
    Channels: 4
    Endpoint: 0x01 (1 OUT) (ASYNC)
    Rates: 88200, 96000
    Data packet interval: 125 us
    Bits: 24
  Interface 1
    Altset 3
    Format: SPECIAL DSD_U32_BE
    Channels: 16
    Endpoint: 0x01 (1 OUT) (ASYNC)
    Rates: 705600, 768000

Capture:
  Status: Stop
  Interface 2
    Altset 1
    Format: S32_LE
    Channels: 6
    Endpoint: 0x81 (1 IN) (ASYNC)
    Rates: 44100, 48000, 96000
    Data packet interval: 125 us
    Bits: 24`,
  playback: `Playing raw data '/dev/zero' : Signed 16 bit Little Endian, Rate 8000 Hz, Mono
HW Params of device "hw:1,0":
--------------------
ACCESS:  MMAP_INTERLEAVED RW_INTERLEAVED
FORMAT:  S32_LE
SUBFORMAT:  STD
SAMPLE_BITS: 32
FRAME_BITS: [128 256]
CHANNELS: [4 8]
RATE: [44100 96000]
PERIOD_TIME: [125 1486078)
PERIOD_SIZE: [6 65536]
PERIOD_BYTES: [192 2097152]
PERIODS: [2 1024]
BUFFER_TIME: (83 2972155)
BUFFER_SIZE: [12 131072]
BUFFER_BYTES: [192 4194304]
TICK_TIME: ALL
--------------------
aplay: set_params:1387: Sample format non available
Available formats:
- S32_LE`,
  capture: 'arecord: main:831: audio open error: Device or resource busy',
  mixer: `numid=1,iface=MIXER,name='Clock Source'
  ; type=ENUMERATED,access=rw------,values=1,items=2
  ; Item #0 'Internal'
  ; Item #1 'S/PDIF'
  : values=0
numid=2,iface=MIXER,name='Clock Validity'
  ; type=BOOLEAN,access=r-------,values=1
  : values=on
numid=3,iface=MIXER,name='PCM Playback Volume',index=1
  ; type=INTEGER,access=rw---R--,values=2,min=0,max=255,step=0
  : values=207,207
  | dBscale-min=-103.50dB,step=0.50dB,mute=1`,
}

/** A card on the header, whose overlay config.txt loads. */
export const headerCard: Sections = {
  system: 'Linux 6.12.47+rpt-rpi-v8 aarch64\nRaspberry Pi 4 Model B Rev 1.5',
  card: ` 0 [sndrpihifiberry]: HifiberryDacpAdc - snd_rpi_hifiberry_dacplusadc
                      snd_rpi_hifiberry_dacplusadc`,
  module: 'snd_soc_hifiberry_dacplusadc',
  device: 'soc:sound',
  usb: '',
  names: '',
  hat: 'vendor: Maker\nproduct: Example HAT\nproduct_id: 0x0001\nproduct_ver: 0x0001',
  overlays: 'dtoverlay=vc4-kms-v3d,noaudio\ndtoverlay=hifiberry-dacplusadc,leds_off',
  compatible: 'hifiberry,hifiberry-dacplusadc',
  stream: '',
  playback: `HW Params of device "hw:0,0":
--------------------
FORMAT:  S16_LE S24_LE S32_LE
CHANNELS: 2
RATE: [44100 192000]
PERIOD_SIZE: [32 65536]
--------------------`,
  capture: `HW Params of device "hw:0,0":
--------------------
FORMAT:  S16_LE S24_LE S32_LE
CHANNELS: 2
RATE: [44100 192000]
PERIOD_SIZE: [32 65536]
--------------------`,
  mixer: `numid=2,iface=MIXER,name='Digital Playback Switch'
  ; type=BOOLEAN,access=rw------,values=2
  : values=on,on`,
}

/** The text that downbeat-soundcard-dump prints for these sections. */
export const textOfDump = (sections: Sections): string =>
  [
    'downbeat-soundcard-dump 1',
    ...Object.entries(sections).map(([name, text]) => {
      const lines = text === '' ? [] : text.split('\n')
      return [`[${name}: ${lines.length} lines]`]
        .concat(lines.map((line) => `| ${line}`))
        .join('\n')
    }),
    '[end]',
    '',
  ].join('\n')
