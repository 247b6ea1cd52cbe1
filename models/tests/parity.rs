//! The built-in data against facts measured on the reference: every value of every camera.

use darkroom_models::{Camera, Catalog, InterruptId};

const FACTS: &str = include_str!("facts.tsv");

#[test]
fn every_fact_holds_for_every_camera() {
    let mut lines = FACTS.lines().filter(|line| !line.starts_with('#'));
    let ids: Vec<&str> = lines.next().expect("a heading").split('\t').skip(1).collect();
    assert_eq!(ids.len(), Catalog::builtin().len());
    let mut compared = 0;
    for line in lines {
        let (fact, values) = line.split_once('\t').expect("a name and values");
        for (id, expected) in ids.iter().zip(values.split('\t')) {
            let camera = Catalog::builtin().get(id).expect("listed");
            assert_eq!(actual(camera, fact), expected, "{fact} of {id}");
            compared += 1;
        }
    }
    assert_eq!(compared, 54 * 18);
}

fn actual(camera: &Camera, fact: &str) -> String {
    let text = match fact {
        "cards" => camera.card_slots.iter().map(|slot| slot.as_str()).collect::<Vec<_>>().join("+"),
        "spells_table" => camera.spell_table().name.clone(),
        "button_table" => camera.button_table().name.clone(),
        _ => format!("{:X}", number(camera, fact)),
    };
    assert!(!text.is_empty(), "{fact}");
    text
}

fn number(camera: &Camera, fact: &str) -> u32 {
    let chip = fact.starts_with("serial_flash") || fact.starts_with("mpu");
    match (chip, fact.contains("interrupt")) {
        (_, true) => interrupt(camera, fact).map_or(0, |id| u32::from(id.get())),
        (true, false) => chip_fact(camera, fact),
        (false, false) => memory(camera, fact).unwrap_or_else(|| register(camera, fact)),
    }
}

fn memory(camera: &Camera, fact: &str) -> Option<u32> {
    let m = &camera.memory;
    Some(match fact {
        "rom0_addr" => m.rom0.map_or(0, |rom| rom.start.0),
        "ram_extra_addr[0]" => m.extra_ram.first().map_or(0, |region| region.start.0),
        "ram_extra_addr[1]" => m.extra_ram.get(1).map_or(0, |region| region.start.0),
        "rom0_size" => m.rom0.map_or(0, |rom| rom.size),
        "rom1_addr" => m.rom1.start.0,
        "rom1_size" => m.rom1.size,
        "ram_size" => m.ram_size,
        "caching_bit" => m.caching_bit,
        "atcm_addr" => m.atcm.start.0,
        "atcm_size" => m.atcm.size,
        "btcm_addr" => m.btcm.start.0,
        "btcm_size" => m.btcm.size,
        "ram_extra_size[0]" => m.extra_ram.first().map_or(0, |region| region.size),
        "ram_extra_size[1]" => m.extra_ram.get(1).map_or(0, |region| region.size),
        "mmio_addr" => m.mmio.start.0,
        "mmio_size" => m.mmio.size,
        _ => return None,
    })
}

fn register(camera: &Camera, fact: &str) -> u32 {
    match fact {
        "dedicated_movie_mode" => u32::from(camera.mpu.dedicated_movie_mode),
        "digic_version" => camera.generation.number(),
        "firmware_start" => camera.boot.firmware_start.0,
        "bootflags_addr" => camera.boot.flags.0,
        "dryos_timer_id" => u32::from(camera.timers.kernel_timer),
        "current_task_addr" => camera.kernel.current_task.0,
        "current_task_name_offs" => camera.kernel.task_name_offset,
        "card_led_address" => camera.card_led.register.0,
        "rtc_cs_register" => camera.rtc.cs_register.0,
        "rtc_time_correct" => u32::from(camera.rtc.time_correct),
        "rtc_control_reg_2" => u32::from(camera.rtc.control_2),
        "imgpowcfg_register" => camera.image_power.config_register.0,
        "imgpowcfg_register_bit" => camera.image_power.config_bit,
        "imgpowdet_register" => camera.image_power.detect_register.0,
        "imgpowdet_register_bit" => camera.image_power.detect_bit,
        other => panic!("no such fact {other}"),
    }
}

fn chip_fact(camera: &Camera, fact: &str) -> u32 {
    let flash = camera.serial_flash;
    match fact {
        "mpu_request_register" => camera.mpu.request_register.0,
        "mpu_request_bitmask" => camera.mpu.request_bitmask,
        "mpu_status_register" => camera.mpu.status_register.0,
        "mpu_control_register" => camera.mpu.control_register.0,
        "serial_flash_size" => flash.map_or(0, |f| f.size),
        "serial_flash_cs_register" => flash.map_or(0, |f| f.cs_register.0),
        "serial_flash_cs_bitmask" => flash.map_or(0, |f| f.cs_bitmask),
        "serial_flash_sio_ch" => flash.map_or(0, |f| u32::from(f.sio_channel)),
        other => panic!("no such fact {other}"),
    }
}

fn interrupt(camera: &Camera, fact: &str) -> Option<InterruptId> {
    Some(match fact {
        "dryos_timer_interrupt" => camera.timers.kernel_interrupt,
        "hptimer_interrupt" => camera.timers.hptimer_interrupt,
        "mpu_mreq_interrupt" => camera.mpu.request_interrupt,
        "mpu_sio3_interrupt" => camera.mpu.serial_interrupt,
        "serial_flash_interrupt" => camera.serial_flash?.interrupt,
        "sd_driver_interrupt" => camera.sd.driver_interrupt,
        "sd_dma_interrupt" => camera.sd.dma_interrupt,
        "cf_driver_interrupt" => camera.cf?.driver_interrupt,
        "cf_dma_interrupt" => camera.cf?.dma_interrupt,
        "uart_rx_interrupt" => camera.uart.rx_interrupt,
        "uart_tx_interrupt" => camera.uart.tx_interrupt,
        "imgpowdet_interrupt" => camera.image_power.interrupt,
        other => panic!("no such fact {other}"),
    })
}
