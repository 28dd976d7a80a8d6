"""Language tags as people write them to the code that the rest of the program uses: EN, eng and en-US are en.

The codes are those of ISO 639-1 and 639-2 (both the terminological and the bibliographic ones), and tags are read as in
RFC 5646: the first subtag is the language.
"""

from __future__ import annotations

import re

_ISO_639 = """
aar=aa abk=ab afr=af aka=ak amh=am ara=ar arg=an asm=as ava=av aym=ay aze=az bak=ba bam=bm bel=be ben=bn bis=bi
bod=bo tib=bo bos=bs bre=br bul=bg cat=ca ces=cs cze=cs cha=ch che=ce chv=cv cor=kw cos=co cym=cy wel=cy dan=da
deu=de ger=de div=dv dzo=dz ell=el gre=el eng=en epo=eo est=et eus=eu baq=eu ewe=ee fao=fo fas=fa per=fa fij=fj
fin=fi fra=fr fre=fr fry=fy ful=ff gla=gd gle=ga glg=gl glv=gv grn=gn guj=gu hat=ht hau=ha heb=he her=hz hin=hi
hrv=hr hun=hu hye=hy arm=hy ibo=ig ido=io iku=iu ile=ie ina=ia ind=id ipk=ik isl=is ice=is ita=it jav=jv jpn=ja
kal=kl kan=kn kas=ks kat=ka geo=ka kaz=kk khm=km kik=ki kin=rw kir=ky kom=kv kon=kg kor=ko kur=ku lao=lo lat=la
lav=lv lim=li lin=ln lit=lt ltz=lb lug=lg mah=mh mal=ml mar=mr mkd=mk mac=mk mlg=mg mlt=mt mon=mn mri=mi mao=mi
msa=ms may=ms mya=my bur=my nau=na nav=nv nep=ne nld=nl dut=nl nno=nn nob=nb nor=no nya=ny oci=oc ori=or orm=om
oss=os pan=pa pol=pl por=pt pus=ps que=qu roh=rm ron=ro rum=ro run=rn rus=ru sag=sg san=sa sin=si slk=sk slo=sk
slv=sl sme=se smo=sm sna=sn snd=sd som=so sot=st spa=es sqi=sq alb=sq srd=sc srp=sr ssw=ss sun=su swa=sw swe=sv
tah=ty tam=ta tat=tt tel=te tgk=tg tgl=tl tha=th tir=ti ton=to tsn=tn tso=ts tuk=tk tur=tr twi=tw uig=ug ukr=uk
urd=ur uzb=uz ven=ve vie=vi vol=vo wln=wa wol=wo xho=xh yid=yi yor=yo zha=za zho=zh chi=zh zul=zu
"""
_THREE_LETTERS = dict(entry.split("=") for entry in _ISO_639.split())
_TWO_LETTERS = frozenset(_THREE_LETTERS.values())
_TAG = re.compile(r"[A-Za-z]\w{1,7}(?:[-_][A-Za-z0-9]{1,8})*", re.ASCII)


def is_tag(text: str) -> bool:
    """Whether a text has the form of a language tag, of up to four subtags.

    >>> is_tag("en"), is_tag("zh_Hant-TW"), is_tag("notes on the text")
    (True, True, False)
    """
    return _TAG.fullmatch(text) is not None and len(re.split("[-_]", text)) <= 4


def is_code(text: str) -> bool:
    """Whether a text in small letters is the code of a language, of two or three letters.

    >>> is_code("de"), is_code("deu"), is_code("raw")
    (True, True, False)
    """
    return text in _THREE_LETTERS or text in _TWO_LETTERS


def code(tag: str) -> str:
    """The language of a tag: its first subtag in small letters, of two letters if it has such a code.

    >>> code("EN"), code("ukr"), code("en_US"), code("gsw")
    ('en', 'uk', 'en', 'gsw')
    """
    primary = re.split("[-_]", tag, maxsplit=1)[0].lower()
    return _THREE_LETTERS.get(primary, primary)
