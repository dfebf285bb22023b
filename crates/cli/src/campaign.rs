//! Campaigns: goals by unit, who has published, how people take part.

use std::process::ExitCode;

use chrono::Utc;
use clap::Subcommand;
use lake::LakeError;
use serde_json::{Value, json};
use social::desk::parse_ist;
use store::social::{Campaign, Praise, Template};

use crate::args::{Args, Format};
use crate::output::{self, say};
use crate::post::{desk, who, wrong};

#[derive(Debug, clap::Args)]
pub struct About {
    /// Changes this one in place of opening a new one.
    #[arg(long)]
    pub id: Option<String>,
    #[arg(long)]
    pub unit: String,
    #[arg(long)]
    pub name_hi: String,
    #[arg(long)]
    pub name_en: String,
    #[arg(long, default_value = "")]
    pub about_hi: String,
    #[arg(long, default_value = "")]
    pub about_en: String,
    /// How people take part; needed with --public.
    #[arg(long, default_value = "")]
    pub part_hi: String,
    #[arg(long, default_value = "")]
    pub part_en: String,
    /// women, children, weaker_sections, everybody.
    #[arg(long, default_value = "everybody")]
    pub audience: String,
    /// awareness, participation, achievement, human_face.
    #[arg(long, default_value = "awareness")]
    pub theme: String,
    #[arg(long, default_value = "")]
    pub hashtag: String,
    #[arg(long)]
    pub from: String,
    #[arg(long)]
    pub until: String,
    /// Messages it aims at in all.
    #[arg(long, default_value_t = 0)]
    pub goal: i64,
    /// Shows it on the portal.
    #[arg(long)]
    pub public: bool,
}

#[derive(Debug, Subcommand)]
pub enum CampaignCommand {
    /// Opens a campaign, or changes one.
    Put(Box<About>),
    List,
    /// Who has published what, by district.
    Show {
        id: String,
    },
    /// Sets how many messages a unit aims at; 0 takes the goal away.
    Goal {
        id: String,
        unit: String,
        goal: i64,
    },
    /// Puts a message into a campaign.
    Join {
        id: String,
        post: String,
    },
    /// Takes a message out of it.
    Leave {
        id: String,
        post: String,
    },
    /// What a unit's messages were about in some time.
    Mix {
        #[arg(long)]
        unit: Option<String>,
        #[arg(long)]
        from: String,
        #[arg(long)]
        until: String,
    },
    /// Keeps words to begin messages with, or lists them.
    Template {
        #[arg(long)]
        unit: Option<String>,
        #[arg(long, requires = "unit")]
        name: Option<String>,
        #[arg(long, default_value = "awareness")]
        kind: String,
        #[arg(long, default_value = "")]
        hindi: String,
        #[arg(long, default_value = "")]
        english: String,
    },
    /// Keeps a link to what somebody said well of the department, or lists them.
    Praise {
        url: Option<String>,
        #[arg(long, default_value = "")]
        unit: String,
        /// citizen, institution, embassy.
        #[arg(long, default_value = "citizen")]
        source: String,
        /// Who said it; a private person only with --consent.
        #[arg(long, default_value = "")]
        by: String,
        #[arg(long, default_value = "")]
        hindi: String,
        #[arg(long, default_value = "")]
        english: String,
        /// Where and when the person agreed to be named.
        #[arg(long)]
        consent: Option<String>,
        #[arg(long)]
        public: bool,
    },
    /// Notes that somebody was thanked, or, with --withdraw, takes name and entry out of sight.
    Thank {
        id: String,
        #[arg(long)]
        withdraw: bool,
    },
    /// A short link under the portal's address (`SAROVAR_PORTAL_URL`) to a page, or all of them with how often they were opened.
    Link {
        url: Option<String>,
        #[arg(long, default_value = "")]
        unit: String,
        /// Id of a campaign; its marks (utm) go along.
        #[arg(long)]
        campaign: Option<String>,
        /// Lets the link with this code lead nowhere.
        #[arg(long, value_name = "CODE", conflicts_with = "url")]
        stop: Option<String>,
    },
    /// Times of day at which a unit's messages were seen most, by network.
    Slots {
        #[arg(long)]
        unit: String,
    },
}

pub async fn run(args: &Args, command: &CampaignCommand) -> Result<ExitCode, LakeError> {
    let (desk, me, now) = (desk(args).await?, who(args), Utc::now());
    let day = |text: &str| parse_ist(&format!("{text} 00:00")).or_else(|_| parse_ist(text)).map_err(wrong);
    match command {
        CampaignCommand::Put(a) => {
            let campaign = Campaign {
                id: a.id.clone().unwrap_or_default(),
                unit: a.unit.clone(),
                name_hi: a.name_hi.clone(),
                name_en: a.name_en.clone(),
                about_hi: a.about_hi.clone(),
                about_en: a.about_en.clone(),
                audience: a.audience.clone(),
                hashtag: a.hashtag.clone(),
                from_at: day(&a.from)?,
                until_at: day(&a.until)?,
                goal: a.goal,
                public: i64::from(a.public),
                theme: a.theme.clone(),
                part_hi: a.part_hi.clone(),
                part_en: a.part_en.clone(),
                ..Campaign::default()
            };
            output::records(&[desk.put_campaign(&me, campaign, now).await.map_err(wrong)?], args.format)?;
        }
        CampaignCommand::List => output::records(&desk.store.campaigns(false).await.map_err(wrong)?, args.format)?,
        CampaignCommand::Show { id } => {
            let c = desk.coverage(id).await.map_err(wrong)?;
            say(&format!(
                "{}: {} message(s) out; {} of {} units have published",
                c.campaign.name_en,
                c.out,
                c.published,
                c.units.len()
            ));
            match args.format {
                Format::Json => output::records(&[c], args.format)?,
                _ => output::records(&c.units, args.format)?,
            }
        }
        CampaignCommand::Goal { id, unit, goal } => desk.set_goal(&me, id, unit, *goal, now).await.map_err(wrong)?,
        CampaignCommand::Join { id, post } => desk.join_campaign(&me, id, post, true, now).await.map_err(wrong)?,
        CampaignCommand::Leave { id, post } => desk.join_campaign(&me, id, post, false, now).await.map_err(wrong)?,
        CampaignCommand::Mix { unit, from, until } => {
            let until = day(until)? + model::time::MICROS_PER_DAY;
            let mix = desk.mix(unit.as_deref(), day(from)?, until).await.map_err(wrong)?;
            if !mix.missing.is_empty() {
                say(&format!("nothing was said of: {}", mix.missing.join(", ")));
            }
            output::records(&mix.kinds, args.format)?;
        }
        CampaignCommand::Template { unit: Some(unit), name: Some(name), kind, hindi, english } => {
            let template = Template {
                unit: unit.clone(),
                name: name.clone(),
                kind: kind.clone(),
                hindi: hindi.clone(),
                english: english.clone(),
                ..Template::default()
            };
            output::records(&[desk.put_template(&me, template, now).await.map_err(wrong)?], args.format)?;
        }
        CampaignCommand::Template { unit, .. } => {
            output::records(&desk.templates(unit.as_deref()).await.map_err(wrong)?, args.format)?;
        }
        CampaignCommand::Praise { url: Some(url), unit, source, by, hindi, english, consent, public } => {
            let praise = Praise {
                unit: unit.clone(),
                url: url.clone(),
                by_whom: by.clone(),
                source: source.clone(),
                about_hi: hindi.clone(),
                about_en: english.clone(),
                consent: consent.clone(),
                public: i64::from(*public),
                ..Praise::default()
            };
            output::records(&[desk.keep_praise(&me, praise, now).await.map_err(wrong)?], args.format)?;
        }
        CampaignCommand::Praise { .. } => output::records(&desk.store.all_praise(false).await.map_err(wrong)?, args.format)?,
        CampaignCommand::Thank { id, withdraw: false } => desk.thank(&me, id, now).await.map_err(wrong)?,
        CampaignCommand::Thank { id, withdraw: true } => desk.withdraw_praise(&me, id, now).await.map_err(wrong)?,
        CampaignCommand::Link { stop: Some(code), .. } => desk.stop_link(&me, code, true, now).await.map_err(wrong)?,
        CampaignCommand::Link { url: Some(url), unit, campaign, .. } => {
            let link = desk.shorten(&me, unit, url, campaign.as_deref(), now).await.map_err(wrong)?;
            let base = std::env::var("SAROVAR_PORTAL_URL").unwrap_or_default();
            let short = format!("{}/s/{}", base.trim_end_matches('/'), link.code);
            output::records(
                &[json!({ "short": short, "url": link.url, "unit": link.unit, "campaign": link.campaign })],
                args.format,
            )?;
        }
        CampaignCommand::Link { .. } => output::records(&desk.store.links(1000).await.map_err(wrong)?, args.format)?,
        CampaignCommand::Slots { unit } => {
            let slots = desk.slots(unit, now).await.map_err(wrong)?;
            let shown: Vec<Value> = slots.iter().map(|s| json!({ "network": s.network, "hour": format!("{:02}:00", s.hour), "posts": s.posts, "median": s.median, "measure": s.measure })).collect();
            output::records(&shown, args.format)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
