//! Phones, e-mails, names, services and providers.

use vapi_gateway::speech::hear::{Ear, HeardPhone};

use super::{at, bare_clinic, check, day_clinic, name_of};

const ASK: &str = "?Phone";

fn phone(region: &str, said: &str) -> String {
    let clinic = bare_clinic("UTC", region);
    let ear = Ear { clinic: &clinic, now: at(&clinic, "2026-11-23 10:30") };
    match ear.phone(said) {
        Ok(HeardPhone::Number(number)) => number,
        Ok(other) => format!("{other:?}"),
        Err(question) => name_of(&question),
    }
}

#[test]
fn phones() {
    let us = "+12125550142";
    let table = [
        ("US", "212-555-0142", us),
        ("US", "(212) 555-0142", us),
        ("US", "212.555.0142 ext. 12", us),
        ("US", "212 555 0142 x12", us),
        ("US", "212 555 0142 extension twelve", us),
        ("US", "+1 212 555 0142", us),
        ("US", "1 (212) 555-0142", us),
        ("US", "tel:+1-212-555-0142", us),
        ("US", "My number is 212 555 0142, thanks.", us),
        ("US", "two one two five five five oh one four two", us),
        ("US", "two-one-two, triple five, oh one four two", us),
        ("US", "plus one two one two, double five five, zero one forty-two", us),
        ("US", "two twelve five fifty five oh one forty two", us),
        ("US", "area code two one two then 555 0142", us),
        ("US", "\u{ff12}\u{ff11}\u{ff12} 555 0142", us),
        ("US", "seven oh two five five five oh one four two", "+17025550142"),
        ("US", "+44 20 7946 0018", "+442079460018"),
        ("US", "+15005550006", "+15005550006"),
        ("US", "+13024648548", "+13024648548"),
        ("US", "555-0142", ASK),
        ("US", "911", ASK),
        ("US", "411", ASK),
        ("US", "212 911 0142", ASK),
        ("US", "1-800-555-0142", ASK),
        ("US", "888 555 0142", ASK),
        ("US", "900 555 0142", ASK),
        ("US", "1-800-FLOWERS", ASK),
        ("US", "07700 900123", ASK),
        ("US", "212 555 01422", ASK),
        ("US", "2125550142 or 6465550143", ASK),
        ("US", "not 212 555 0142", ASK),
        ("US", "212 555 014", ASK),
        ("US", "212 555 014 too", ASK),
        ("US", "212 my cell 555 0142", ASK),
        ("US", "+97233142764978", ASK),
        ("US", "00445511234567", ASK),
        ("US", "11", ASK),
        ("US", "hello", ASK),
        ("US", "n/a", ASK),
        ("US", "none", "None"),
        ("US", "No phone.", "None"),
        ("US", "", "Unsaid"),
        ("US", "the number I'm calling from", "Unsaid"),
        ("US", "{{customer.number}}", "Unsaid"),
        ("GB", "020 7946 0018", "+442079460018"),
        ("GB", "oh two oh, seven nine four six, double oh one eight", "+442079460018"),
        ("GB", "0800 123 4567", ASK),
        ("GB", "0300 123 4567", ASK),
        ("GB", "999", ASK),
        ("IN", "98765 43210", "+919876543210"),
        ("IN", "double nine eight seven six, five four three two one", "+919987654321"),
        ("AU", "0412 345 678", "+61412345678"),
        ("AU", "13 11 26", ASK),
        ("IT", "06 6982 1234", "+390669821234"),
    ];
    check(table.map(|(region, said, meant)| (said.to_owned(), phone(region, said), meant)));
}

#[test]
fn a_number_is_never_shown_by_debug() {
    let heard = HeardPhone::Number("+12125550142".into());
    assert!(!format!("{heard:?}").contains("0142"));
}

#[test]
fn emails() {
    let clinic = bare_clinic("UTC", "US");
    let ear = Ear { clinic: &clinic, now: at(&clinic, "2026-11-23 10:30") };
    let table = [
        ("john dot smith at gmail dot com", "john.smith@gmail.com"),
        ("John.Smith@Gmail.com.", "john.smith@gmail.com"),
        ("j underscore doe at example dot org", "j_doe@example.org"),
        ("my email is ada dash l plus work at example dot co dot uk", "ada-l+work@example.co.uk"),
        ("It's ada@example.com", "ada@example.com"),
        ("john.smith @ gmail.com", "john.smith@gmail.com"),
        ("john.smith@ gmail.com", "john.smith@gmail.com"),
        ("j o h n at g mail dot com", "john@gmail.com"),
        ("mailto:ada@example.com", "ada@example.com"),
        ("test@voxanne.ai", "test@voxanne.ai"),
        ("ada99 at example dot com", "ada99@example.com"),
        ("john smith two at example dot com", "?Email"),
        ("John Smith john@example.com", "?Email"),
        ("look at me at example dot com", "?Email"),
        ("ada at example", "?Email"),
        ("ada dot at example dot com", "?Email"),
        ("ada@@example.com", "?Email"),
        ("ada@example..com", "?Email"),
        ("ada@-example.com", "?Email"),
        ("b as in boy at example dot com", "?Email"),
        ("ada or bob at example dot com", "?Email"),
        ("", "?Email"),
        ("none", "?Email"),
        ("@", "?Email"),
    ];
    check(table.map(|(said, meant)| {
        let heard = ear.email(said).unwrap_or_else(|question| name_of(&question));
        (said.to_owned(), heard, meant)
    }));
}

#[test]
fn names() {
    let clinic = bare_clinic("UTC", "US");
    let ear = Ear { clinic: &clinic, now: at(&clinic, "2026-11-23 10:30") };
    let long = "a".repeat(81);
    let table = [
        ("Ada Lovelace", "Ada Lovelace"),
        ("  ada   lovelace ", "Ada Lovelace"),
        ("ADA LOVELACE", "Ada Lovelace"),
        ("My name is Ada Lovelace.", "Ada Lovelace"),
        ("this is ada lovelace speaking", "Ada Lovelace"),
        ("It\u{2019}s Mary-Jane O\u{2019}Neil", "Mary-Jane O'Neil"),
        ("mary-jane o'neil", "Mary-Jane O'Neil"),
        ("Live SMS Test", "Live SMS Test"),
        ("Racer 17", "Racer 17"),
        ("Sammy Davis Jr.", "Sammy Davis Jr."),
        ("Im Yoon", "Im Yoon"),
        ("José Núñez", "José Núñez"),
        ("राजेश कुमार", "राजेश कुमार"),
        ("李小龍", "李小龍"),
        ("Ada\u{202e} Love\u{200b}lace", "Ada Lovelace"),
        ("Ada\nLovelace", "Ada Lovelace"),
        ("", "?Name"),
        ("   ", "?Name"),
        ("12345", "?Name"),
        ("unknown", "?Name"),
        ("Caller", "?Name"),
        ("N/A", "?Name"),
        ("{{customer.name}}", "?Name"),
        ("ada@example.com", "?Name"),
        ("my name is", "?Name"),
        ("...", "?Name"),
        ("<b>Ada</b>", "?Name"),
        (long.as_str(), "?Name"),
    ];
    check(table.map(|(said, meant)| {
        let heard = ear.name(said).unwrap_or_else(|question| name_of(&question));
        (said.to_owned(), heard, meant)
    }));
}

#[test]
fn services_and_providers() {
    let mut clinic = day_clinic("America/New_York", "US");
    clinic.providers[1].name = "Dr. Jonas Weber-Lee".into();
    let ear = Ear { clinic: &clinic, now: at(&clinic, "2026-11-23 10:30") };
    let services = [
        ("", "Consultation"),
        ("cleaning", "Cleaning"),
        ("a cleaning please", "Cleaning"),
        ("Teeth Cleaning", "Cleaning"),
        ("cleanings", "Cleaning"),
        ("follow up", "Follow-up"),
        ("followup appointment", "Follow-up"),
        ("an appointment", "Consultation"),
        ("root canal", "?UnknownService"),
        ("deep cleaning", "?UnknownService"),
        ("cleaning or consultation", "?UnknownService"),
    ];
    check(services.map(|(said, meant)| {
        let heard = ear.service(Some(said)).map(|s| s.name.clone());
        (said.to_owned(), heard.unwrap_or_else(|q| name_of(&q)), meant)
    }));
    assert_eq!(ear.service(None).expect("the default").name, "Consultation");
    let providers = [
        ("", "-", "Cleaning"),
        ("anyone", "-", "Cleaning"),
        ("No preference.", "-", "Cleaning"),
        ("It doesn't matter", "-", "Cleaning"),
        ("Amara", "Dr. Amara Lee", "Cleaning"),
        ("Dr Amara Lee", "Dr. Amara Lee", "Cleaning"),
        ("doctor amara", "Dr. Amara Lee", "Cleaning"),
        ("Weber", "Dr. Jonas Weber-Lee", "Cleaning"),
        ("doctor Weber Lee", "Dr. Jonas Weber-Lee", "Cleaning"),
        ("Dr. Lee", "?WhichProvider", "Cleaning"),
        ("Dr. Lee", "Dr. Amara Lee", "Follow-up"),
        ("Jonas", "?NotTheirService", "Follow-up"),
        ("Dr. Leigh", "?UnknownProvider", "Cleaning"),
        ("not Dr. Weber", "?UnknownProvider", "Cleaning"),
        ("the doctor", "?UnknownProvider", "Cleaning"),
    ];
    check(providers.map(|(said, meant, service)| {
        let service = ear.service(Some(service)).expect("a service");
        let heard = ear.provider(Some(said), service);
        let name = heard.map(|p| p.map_or("-".to_owned(), |p| p.name.clone()));
        (format!("{said} for {}", service.name), name.unwrap_or_else(|q| name_of(&q)), meant)
    }));
    clinic.services[0].is_default = false;
    let ear = Ear { clinic: &clinic, now: at(&clinic, "2026-11-23 10:30") };
    assert_eq!(ear.service(None).map_err(|q| name_of(&q)), Err("?WhichService".to_owned()));
}

/// The numbering plans' own examples, dialed at home and from a clinic in the United States.
#[test]
fn mobiles_of_every_region_are_heard_as_they_are_or_asked_back() {
    let (mut heard, mut asked) = (0, 0);
    for region in phonenumber::metadata::DATABASE.iter() {
        let example = region.descriptors().mobile().and_then(|kind| kind.example());
        let Some(national) = example else { continue };
        let number = format!("+{}{national}", region.country_code());
        let trunk = region.national_prefix().unwrap_or_default();
        for (at, said) in [
            ("US", number.clone()),
            ("US", number.replace('+', "011 ")),
            (region.id(), format!("{trunk}{national}")),
        ] {
            match phone(at, &said).as_str() {
                ASK => asked += 1,
                other => {
                    assert_eq!(other, number, "{said} at a clinic in {at}");
                    heard += 1;
                }
            }
        }
    }
    assert!(heard > 40 * asked, "{heard} heard, {asked} asked back");
}
